using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KlingPS.Desktop;

/// <summary>A listener on loopback whose check decides about every connection itself.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<(int Connection, string Text)> _requests = [];
    private int _connections;

    /// <param name="answer">Gets each request with the number of its connection, from 0. Null resets the
    /// connection.</param>
    internal RawServer(Func<int, string, string?> answer)
    {
        _listener.Start();
        _ = AcceptAsync(answer);
    }

    internal Uri Address => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Every request with the number of its connection.</summary>
    internal (int Connection, string Text)[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    internal static string Ok(string body) => Answer("200 OK", body);

    internal static string Answer(string status, string body, string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: "
            + $"{Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync(Func<int, string, string?> answer)
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = ServeAsync(client, _connections++, answer);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client, int number, Func<int, string, string?> answer)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    lock (_requests)
                    {
                        _requests.Add((number, request));
                    }

                    if (answer(number, request) is not { } text)
                    {
                        client.LingerState = new LingerOption(enable: true, seconds: 0);
                        return;
                    }

                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    await stream.WriteAsync(bytes, 0, bytes.Length);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The client went first.
            }
        }
    }

    // The head and, where it says how long, the body; null at the end of the connection.
    private static async Task<string?> ReadAsync(Stream stream)
    {
        byte[] buffer = new byte[16 * 1024];
        StringBuilder text = new();
        while (!IsWhole(text.ToString()))
        {
            int count = await stream.ReadAsync(buffer, 0, buffer.Length);
            if (count == 0)
            {
                return null;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static bool IsWhole(string text)
    {
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return false;
        }

        string? length = text.Substring(0, head).Split(["\r\n"], StringSplitOptions.None)
            .FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null || text.Length - head - 4 >= int.Parse(length.Split(':')[1]);
    }
}
