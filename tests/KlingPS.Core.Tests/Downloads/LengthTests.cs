using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KlingPS.TestServer;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A body is as long as was announced, or it is no video.</summary>
public sealed class LengthTests : DownloadTest
{
    [Fact]
    public async Task More_of_the_rest_than_the_range_announces_is_thrown_away_and_never_continued()
    {
        await SavePartlyAsync(500);
        Server.Inject(Rest(500, 599, 600));

        KlingException error = await FailToSaveAsync();

        Assert.Equal("DownloadIncomplete", error.ErrorId);
        Assert.Contains("more bytes arrived than the 600 announced", error.Message, StringComparison.Ordinal);
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
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task served = ServeAsync(
            listener,
            "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5\r\n\r\nvideoHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
            done.Token);
        KlingVideo video = Video with { Url = new Uri($"http://{listener.LocalEndpoint}/v.mp4") };

        await SaveAsync(video);
        await SaveAsync(video, path: Target + ".2");

        Assert.Equal("video", await File.ReadAllTextAsync(Target, Token));
        Assert.Equal("video", await File.ReadAllTextAsync(Target + ".2", Token));
        await done.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
    }

    [Fact]
    public async Task A_whole_that_calls_itself_a_part_is_the_whole()
    {
        Dictionary<string, string> headers = new() { ["Content-Range"] = $"bytes 500-{Whole.Length - 1}/{Whole.Length}" };
        Server.Inject(new Fault { Headers = headers }.On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
    }

    [Fact]
    public async Task The_rest_without_the_mark_of_its_version_is_not_joined()
    {
        await SavePartlyAsync(500);
        Server.Inject(new Fault { Headers = new Dictionary<string, string> { ["ETag"] = "" } }.On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
        Assert.False(Downloads.Last().Headers.ContainsKey("Range"));
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

    /// <summary>Gives the first request on every connection this answer, all at once, and keeps the connection.</summary>
    private static async Task ServeAsync(TcpListener listener, string answer, CancellationToken cancellationToken)
    {
        while (true)
        {
            TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
            cancellationToken.Register(client.Dispose);
            NetworkStream stream = client.GetStream();
            StreamReader reader = new(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
            {
                // The rest of the head.
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
        }
    }
}
