using KlingPS.Core.Tests.Transport;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>Nothing on the disk becomes larger than is allowed, whatever a server sends.</summary>
public sealed class SizeLimitTests : DownloadTest
{
    // Without a length the answer is chunked, so nobody knows beforehand how long it is.
    private static readonly Fault Unannounced =
        new Fault { Headers = new Dictionary<string, string> { ["Content-Length"] = "" } }.On("GET", ".mp4");

    [Fact]
    public async Task More_than_allowed_is_refused_before_anything_is_written()
    {
        // Whoever began with the body would miss the rest of it first.
        Server.Inject(Fault.Truncate(1).On("GET", ".mp4"));

        KlingException error = await FailToSaveAsync(maxBytes: Whole.Length - 1);

        Assert.Equal(("VideoTooLarge", SubmissionOutcome.Created), (error.ErrorId, error.Submission));
        Assert.Contains(
            $"announced {Whole.Length} bytes, but {Whole.Length - 1} are allowed", error.Message,
            StringComparison.Ordinal);
        Assert.Contains("-MaxBytes", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Files);
        Assert.Single(Downloads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task As_much_as_is_allowed_is_saved(bool isAnnounced)
    {
        Server.Inject(isAnnounced ? new Fault().On("GET", ".mp4") : Unannounced);

        await SaveAsync(maxBytes: Whole.Length);

        await AssertSavedAsync();
    }

    [Fact]
    public async Task The_rest_of_a_file_that_is_too_large_is_refused_and_the_beginning_goes()
    {
        await SavePartlyAsync(500);

        KlingException error = await FailToSaveAsync(maxBytes: Whole.Length - 1);

        Assert.Equal("VideoTooLarge", error.ErrorId);
        Assert.Equal("bytes=500-", Downloads.Last().Headers["Range"]);
        Assert.Empty(Files);
    }

    [Theory]
    [InlineData("bytes 500-9223372036854775807/*")]
    [InlineData("bytes 500-9223372036854775806/9223372036854775807")]
    [InlineData("bytes 500-9223372036854775807/9223372036854775807")]
    [InlineData("bytes 500-9223372036854775807/500")]
    public async Task A_range_too_large_to_count_with_grows_nothing(string range)
    {
        await SavePartlyAsync(500);
        Dictionary<string, string> headers =
            new() { ["Content-Length"] = "", ["Content-Range"] = range, ["ETag"] = $"\"{Video.VideoId}\"" };
        Server.Inject(Fault.Respond(206, new string('x', 10 * Whole.Length), headers).On("GET", ".mp4"));
        long largest = 0;
        SaveOptions options = new()
        {
            MaxBytes = Whole.Length,
            Received = _ => largest = Math.Max(largest, new FileInfo(Partial).Length),
        };

        KlingException? error = (KlingException?)await Record.ExceptionAsync(
            () => Client.SaveAsync(Video, Target, options, Token));

        Assert.InRange(largest, 0, Whole.Length);
        Assert.True(error is null or { ErrorId: "VideoTooLarge" }, $"{error}");
        if (error is null)
        {
            await AssertSavedAsync();
        }
        else
        {
            Assert.Empty(Files);
        }
    }

    [Fact]
    public async Task A_beginning_that_is_larger_than_allowed_is_not_continued()
    {
        await SavePartlyAsync(500);

        Assert.Equal("VideoTooLarge", (await FailToSaveAsync(maxBytes: 499)).ErrorId);

        Assert.False(Downloads.Last().Headers.ContainsKey("Range"));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task The_file_that_was_to_be_replaced_stays()
    {
        await File.WriteAllTextAsync(Target, "mine", Token);

        await Assert.ThrowsAsync<KlingException>(() => SaveAsync(overwrite: true, maxBytes: 10));

        Assert.Equal("mine", await File.ReadAllTextAsync(Target, Token));
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task What_is_on_the_disk_never_exceeds_the_limit()
    {
        using VirtualCall call = VirtualCall.Hurried((_, _) => Task.FromResult(new HttpResponseMessage
        {
            Content = new StreamContent(new UnknownLength(new byte[3_000_000])),
        }));
        long largest = 0;
        SaveOptions options = new()
        {
            MaxBytes = 1_000_000,
            Received = _ => largest = Math.Max(largest, new FileInfo(Partial).Length),
        };

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => call.Client.SaveAsync(Video, Target, options, Token));

        Assert.Equal("VideoTooLarge", error.ErrorId);
        Assert.InRange(largest, 1, 1_000_000);
        Assert.Empty(Files);
    }

    [Fact]
    public void The_usual_limit_is_two_gigabytes() => Assert.Equal(1L << 31, new SaveOptions().MaxBytes);

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class UnknownLength(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}
