using System.Net;
using System.Net.Sockets;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A body is as long as was announced, or it is no video.</summary>
public sealed class LengthTests : DownloadTest
{
    [Fact]
    public async Task More_of_the_rest_than_the_range_announces_is_thrown_away_and_never_continued()
    {
        await SavePartlyAsync(500);
        Server.Inject(Rest(500, 599, Whole.Length));

        KlingException error = await FailToSaveAsync();

        Assert.Equal("DownloadIncomplete", error.ErrorId);
        Assert.Contains("more than the 600 announced bytes arrived", error.Message, StringComparison.Ordinal);
        Assert.Empty(Files);
        await SaveAsync();
        await AssertSavedAsync();
        Assert.False(Downloads.Last().Headers.ContainsKey("Range"));
    }

    [Fact]
    public async Task Less_of_the_rest_than_the_range_announces_is_asked_for_again()
    {
        await SavePartlyAsync(500);
        Server.Inject(Rest(500, 899, Whole.Length) with { TruncateAfter = 200 });

        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal(["bytes=500-", "bytes=700-"], Downloads.Skip(1).Select(request => request.Headers["Range"]));
    }

    [Fact]
    public async Task A_server_that_gives_the_rest_in_parts_is_asked_for_each()
    {
        await SavePartlyAsync(500);
        Server.Inject(Rest(500, 699, Whole.Length) with { TruncateAfter = 200 });
        Server.Inject(Rest(700, 799, Whole.Length) with { TruncateAfter = 100 });

        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal("bytes=800-", Downloads.Last().Headers["Range"]);
    }

    [Fact]
    public async Task Bytes_behind_the_announced_length_are_no_part_of_the_file_or_of_the_next_answer()
    {
        await using RawHost host = new(
            "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5\r\n\r\nvideoHTTP/1.1 200 "
                + "OK\r\nContent-Length: 6\r\n\r\nforged",
            closes: false);
        KlingVideo video = Video with { Url = new Uri(host.Address, "v.mp4") };

        await SaveAsync(video);
        await SaveAsync(video, path: Target + ".2");

        Assert.Equal("video", await File.ReadAllTextAsync(Target, Token));
        Assert.Equal("video", await File.ReadAllTextAsync(Target + ".2", Token));
    }

    [Fact]
    public async Task A_whole_that_calls_itself_a_part_is_the_whole()
    {
        Dictionary<string, string> headers =
            new() { ["Content-Range"] = $"bytes 500-{Whole.Length - 1}/{Whole.Length}" };
        Server.Inject(new Fault { Headers = headers }.On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
    }

    [Theory]
    [InlineData("without the mark of its version", "ETag", "")]
    [InlineData("whose length contradicts its range", "Content-Range", "bytes 500-LESS/TOTAL")]
    [InlineData("without a total", "Content-Range", "bytes 500-899/*")]
    [InlineData("of another total", "Content-Range", "bytes 500-899/900")]
    [InlineData("of a total far beyond", "Content-Range", "bytes 500-899/100000")]
    public async Task A_rest_that_may_be_of_another_file_is_not_joined(string which, string name, string value)
    {
        await SavePartlyAsync(500);
        string header = value.Replace("LESS", $"{Whole.Length - 2}", StringComparison.Ordinal)
            .Replace("TOTAL", $"{Whole.Length}", StringComparison.Ordinal);
        bool isCut = value.Contains("899", StringComparison.Ordinal);
        Dictionary<string, string> headers = new() { [name] = header };
        if (isCut)
        {
            headers["Content-Length"] = "";
        }

        Server.Inject(new Fault { Headers = headers, TruncateAfter = isCut ? 400 : null }.On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
        Assert.False(Downloads.Last().Headers.ContainsKey("Range"), which);
    }

    [Fact]
    public async Task A_body_that_only_the_end_of_the_connection_ends_is_never_complete()
    {
        Connect(Server.BaseUri, maxRetryCount: 1);
        int asked = 0;
        await using RawHost host = new("HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\n\r\nhalf a video", () => asked++);

        KlingException error = await FailToSaveAsync(Video with { Url = new Uri(host.Address, "v.mp4") });

        Assert.Equal("DownloadIncomplete", error.ErrorId);
        Assert.Equal(2, asked);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_body_in_chunks_up_to_the_last_is_complete()
    {
        string chunks = "5\r\nvideo\r\n4\r\n and\r\n0\r\n\r\n";
        await using RawHost host = new($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        await SaveAsync(Video with { Url = new Uri(host.Address, "v.mp4") });

        Assert.Equal("video and", await File.ReadAllTextAsync(Target, Token));
    }

    [Fact]
    public async Task A_body_in_chunks_without_the_last_is_not()
    {
        await using RawHost host = new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nvideo\r\n");

        await FailToSaveAsync(Video with { Url = new Uri(host.Address, "v.mp4") });

        Assert.Empty(Files);
    }

    // The service's own bytes, chunked: only the range says how long the rest is.
    private static Fault Rest(int first, int last, int total) => new Fault
    {
        Headers = new Dictionary<string, string>
        {
            ["Content-Length"] = "",
            ["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{total}"),
        },
    }.On("GET", ".mp4");

    /// <summary>Gives the first request on every connection this answer, all at once.</summary>
    private sealed class RawHost : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        internal RawHost(string answer, Action? asked = null, bool closes = true)
        {
            _listener.Start();
            _serving = ServeAsync(Encoding.ASCII.GetBytes(answer), asked, closes);
        }

        internal Uri Address => new($"http://{_listener.LocalEndpoint}/");

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _serving);
            _listener.Dispose();
            _stopping.Dispose();
        }

        private async Task ServeAsync(byte[] answer, Action? asked, bool closes)
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _stopping.Token.Register(client.Dispose);
                NetworkStream stream = client.GetStream();
                StreamReader reader = new(stream);
                while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                {
                    // The rest of the head.
                }

                asked?.Invoke();
                await stream.WriteAsync(answer, _stopping.Token);
                if (closes)
                {
                    client.Dispose();
                }
            }
        }
    }
}
