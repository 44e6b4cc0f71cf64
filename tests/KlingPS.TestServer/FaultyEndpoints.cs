using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace KlingPS.TestServer;

/// <summary>The ways in which there can be no service at an address.</summary>
public static class FaultyEndpoints
{
    // A loopback connection is made at once or not at all.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(0.25);
    private const int MostProbes = 8;

    /// <summary>A name that does not resolve (RFC 6761 keeps .invalid free).</summary>
    public static Task<FaultyEndpoint> NamelessAsync() => Task.FromResult(new FaultyEndpoint(new Uri("https://no-such-host.invalid/")));

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
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, token);
            await tls.ReadExactlyAsync(new byte[1], token);
        }).Hold(certificate));
    }

    /// <summary>The connection is made, and reset when TLS begins.</summary>
    public static Task<FaultyEndpoint> ResettingTlsAsync() => Task.FromResult(new FaultyEndpoint("https", ResetUnreadAsync));

    /// <summary>The connection is made, and TLS never begins.</summary>
    public static Task<FaultyEndpoint> SilentTlsAsync() =>
        Task.FromResult(new FaultyEndpoint("https", (_, token) => Task.Delay(Timeout.Infinite, token)));

    /// <summary>The request arrives and is not read; the connection is reset.</summary>
    public static Task<FaultyEndpoint> ResettingUnreadAsync() => Task.FromResult(new FaultyEndpoint("http", ResetUnreadAsync));

    /// <summary>The request is read, and the connection closed in order, without an answer.</summary>
    public static Task<FaultyEndpoint> ClosingAsync() => Task.FromResult(new FaultyEndpoint("http", async (socket, token) =>
    {
        await socket.ReceiveAsync(new byte[64 * 1024], token);
        socket.Shutdown(SocketShutdown.Both);
    }));

    /// <summary>
    /// No connection comes about, and none is refused: the queue of a listener that never accepts is full. Linux and macOS
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
        other.Remark = "This system refuses what a full queue cannot take, so a TLS handshake that never begins stood for it.";
        return other;
    }

    // A look that takes nothing: what is unread makes the end of the connection a reset.
    private static async Task ResetUnreadAsync(Socket socket, CancellationToken token)
    {
        await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, token);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }
}
