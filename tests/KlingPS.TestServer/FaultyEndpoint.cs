using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace KlingPS.TestServer;

/// <summary>An address where it goes wrong before HTTP begins. <see cref="FaultyEndpoints"/> makes them.</summary>
public sealed class FaultyEndpoint : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IDisposable> _held = [];
    private readonly Task _serving = Task.CompletedTask;

    /// <summary>An address where nobody listens.</summary>
    internal FaultyEndpoint(Uri address) => Address = address;

    /// <summary>A listener that treats each connection in this way, and closes it after.</summary>
    internal FaultyEndpoint(string scheme, Func<Socket, CancellationToken, Task> treat)
    {
        Socket listener = Bound();
        listener.Listen();
        Hold(listener);
        Address = AddressOf(scheme, listener);
        _serving = AcceptAsync(listener, treat);
    }

    /// <summary>Where it is, with a final slash.</summary>
    public Uri Address { get; }

    /// <summary>How it was brought about, where systems differ.</summary>
    public string Remark { get; internal set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _held.ForEach(held => held.Dispose());
        await _serving;
        _stopping.Dispose();
    }

    /// <summary>A socket with a port of its own on loopback, which refuses connections until it listens.</summary>
    internal static Socket Bound()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    internal static Uri AddressOf(string scheme, Socket socket) => new($"{scheme}://{socket.LocalEndPoint}/");

    /// <summary>Keeps something for as long as the address is in use.</summary>
    internal FaultyEndpoint Hold(IDisposable held)
    {
        _held.Add(held);
        return this;
    }

    private async Task AcceptAsync(Socket listener, Func<Socket, CancellationToken, Task> treat)
    {
        List<Task> all = [];
        try
        {
            while (true)
            {
                Socket connection = await listener.AcceptAsync(_stopping.Token);
                all.Add(TreatAsync(connection, treat));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(all);
    }

    private async Task TreatAsync(Socket connection, Func<Socket, CancellationToken, Task> treat)
    {
        using (connection)
        {
            try
            {
                await treat(connection, _stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException
                or System.Security.Authentication.AuthenticationException)
            {
                // The client went first.
            }
        }
    }
}

/// <summary>The ways in which there can be no service at an address.</summary>
public static class FaultyEndpoints
{
    // A loopback connection is made at once or not at all.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(0.25);
    private const int MostProbes = 8;

    /// <summary>A name that does not resolve (RFC 6761 keeps .invalid free).</summary>
    public static Task<FaultyEndpoint> NamelessAsync() =>
        Task.FromResult(new FaultyEndpoint(new Uri("https://no-such-host.invalid/")));

    /// <summary>A port nobody listens at. The socket is kept, so that nobody else gets the port.</summary>
    public static Task<FaultyEndpoint> RefusingAsync()
    {
        Socket socket = FaultyEndpoint.Bound();
        return Task.FromResult(new FaultyEndpoint(FaultyEndpoint.AddressOf("http", socket)).Hold(socket));
    }

    /// <summary>TLS with a certificate that nobody vouches for; in everything else it is right.</summary>
    public static Task<FaultyEndpoint> SelfSignedAsync()
    {
        X509Certificate2 certificate = SelfSigned.Make();
        return Task.FromResult(new FaultyEndpoint("https", async (socket, token) =>
        {
            await using SslStream tls = new(new NetworkStream(socket));
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, token);
            await tls.ReadExactlyAsync(new byte[1], token);
        }).Hold(certificate));
    }

    /// <summary>The connection is made, and reset when TLS begins.</summary>
    public static Task<FaultyEndpoint> ResettingTlsAsync() =>
        Task.FromResult(new FaultyEndpoint("https", ResetUnreadAsync));

    /// <summary>The connection is made, and TLS never begins.</summary>
    public static Task<FaultyEndpoint> SilentTlsAsync() =>
        Task.FromResult(new FaultyEndpoint("https", (_, token) => Task.Delay(Timeout.Infinite, token)));

    /// <summary>The request arrives and is not read; the connection is reset.</summary>
    public static Task<FaultyEndpoint> ResettingUnreadAsync() =>
        Task.FromResult(new FaultyEndpoint("http", ResetUnreadAsync));

    /// <summary>The request is read, and the connection closed in order, without an answer.</summary>
    public static Task<FaultyEndpoint> ClosingAsync() =>
        Task.FromResult(new FaultyEndpoint("http", async (socket, token) =>
    {
        await socket.ReceiveAsync(new byte[64 * 1024], token);
        socket.Shutdown(SocketShutdown.Both);
    }));

    /// <summary>
    /// No connection comes about, and none is refused: the queue of a
    /// listener that never accepts is full. Linux and macOS
    /// leave who comes then without an answer. Where the system refuses instead (Windows), it is
    /// <see cref="SilentTlsAsync"/>: for a client, a connection that is not ready in time too.
    /// </summary>
    public static async Task<FaultyEndpoint> NeverConnectingAsync()
    {
        Socket listener = FaultyEndpoint.Bound();
        listener.Listen(0);
        FaultyEndpoint end = new FaultyEndpoint(FaultyEndpoint.AddressOf("http", listener)).Hold(listener);
        for (int i = 0; i < MostProbes; i++)
        {
            Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            end.Hold(filler);
            using CancellationTokenSource limit = new(Probe);
            try
            {
                await filler.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            }
            catch (OperationCanceledException)
            {
                end.Remark = "The queue of a listener was full.";
                return end;
            }
            catch (SocketException)
            {
                break;
            }
        }

        await end.DisposeAsync();
        FaultyEndpoint other = await SilentTlsAsync();
        other.Remark =
            "This system refuses what a full queue cannot take, so a TLS handshake that never begins stood for it.";
        return other;
    }

    // A look that takes nothing: what is unread makes the end of the connection a reset.
    private static async Task ResetUnreadAsync(Socket socket, CancellationToken token)
    {
        await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, token);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }
}
