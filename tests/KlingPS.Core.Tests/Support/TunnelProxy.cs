using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KlingPS.Core.Tests.Support;

/// <summary>A proxy on loopback that may ask for credentials and forwards to one local port.</summary>
internal sealed class TunnelProxy : IDisposable
{
    private const string Refusal =
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: "
            + "0\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly int _port;
    private readonly bool _wantsCredentials;

    internal TunnelProxy(int port, bool wantsCredentials = false)
    {
        _port = port;
        _wantsCredentials = wantsCredentials;
        _listener.Start();
        _ = AcceptAsync();
    }

    internal Uri Address => new($"http://{_listener.LocalEndpoint}/");

    internal Uri AddressWithPassword => new UriBuilder(Address) { UserName = "user", Password = "pass" }.Uri;

    /// <summary>The head of everything the proxy was asked for.</summary>
    internal IReadOnlyList<string> Heads => [.. _heads];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One of the two went.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        while (await ReadAsync(stream) is { } request)
        {
            string head = Encoding.Latin1.GetString(request);
            _heads.Enqueue(head);
            bool isTunnel = head.StartsWith("CONNECT ", StringComparison.Ordinal);
            if (_wantsCredentials && !head.Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
            {
                if (!isTunnel)
                {
                    // Asks only after the request has reached the service, as a chain of proxies may.
                    using TcpClient first = new();
                    await first.ConnectAsync(IPAddress.Loopback, _port);
                    await first.GetStream().WriteAsync(request);
                    await first.GetStream().ReadExactlyAsync(new byte[1]);
                }

                await stream.WriteAsync(Encoding.Latin1.GetBytes(Refusal));
                continue;
            }

            using TcpClient target = new();
            await target.ConnectAsync(IPAddress.Loopback, _port);
            await (isTunnel
                ? stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray())
                : target.GetStream().WriteAsync(request));
            await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
            return;
        }
    }

    // A head and what came with it; of what these tests send, the body with its length.
    private static async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length));
            if (count == 0)
            {
                return null;
            }

            length += count;
            if (IsWhole(Encoding.Latin1.GetString(buffer, 0, length)))
            {
                return buffer[..length];
            }
        }
    }

    private static bool IsWhole(string text)
    {
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string? length = text.Split("\r\n")
            .FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return head >= 0 && (length is null
            || text.Length - head - 4 >= int.Parse(
                length.Split(':')[1], CultureInfo.InvariantCulture));
    }
}
