using System.Net;
using System.Net.Sockets;

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

    /// <inheritdoc/>
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
