using System.Net.Sockets;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A download that broke off goes on where it stopped, and two versions are never joined.</summary>
public sealed class ResumeTests : DownloadTest
{
    [Fact]
    public async Task A_partial_file_is_continued_by_range_on_condition_that_it_is_the_same()
    {
        await SavePartlyAsync(500);

        await SaveAsync();

        await AssertSavedAsync();
        ReceivedRequest last = Downloads.Last();
        Assert.Equal("bytes=500-", last.Headers["Range"]);
        Assert.Equal($"\"{Video.VideoId}\"", last.Headers["If-Range"]);
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task A_body_cut_short_is_continued_in_the_same_call()
    {
        Server.Inject(Fault.Truncate(500).On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal(2, Downloads.Count());
        Assert.Equal("bytes=500-", Downloads.Last().Headers["Range"]);
    }

    [Fact]
    public async Task A_partial_file_of_another_version_is_thrown_away()
    {
        await SavePartlyAsync(500);
        await File.WriteAllTextAsync(Partial, new string('x', 500), Token);
        await File.WriteAllTextAsync(Partial + ".tag", "\"another\"", Token);

        await SaveAsync();

        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_server_that_ignores_If_Range_is_not_believed()
    {
        await SavePartlyAsync(500);
        await File.WriteAllTextAsync(Partial, new string('x', 500), Token);
        Dictionary<string, string> headers = new() { ["ETag"] = "\"changed\"" };
        Server.Inject(new Fault { Headers = headers }.On("GET", ".mp4"));

        Exception? error = await Record.ExceptionAsync(() => SaveAsync());

        byte[]? saved = error is null ? await File.ReadAllBytesAsync(Target, Token) : null;
        Assert.True(error is null or KlingException, $"{error}");
        Assert.True(saved is null || saved.AsSpan().SequenceEqual(Whole), "Two versions were joined.");
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_sends_the_whole_again()
    {
        await SavePartlyAsync(500);
        Server.Inject(new Fault { IgnoreRange = true }.On("GET", ".mp4"));

        await SaveAsync();

        await AssertSavedAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no tag and no date")]
    [InlineData("W/\"weak\"")]
    public async Task A_partial_file_without_a_mark_that_promises_something_is_got_anew(string? mark)
    {
        await File.WriteAllTextAsync(Partial, new string('x', 500), Token);
        if (mark is not null)
        {
            await File.WriteAllTextAsync(Partial + ".tag", mark, Token);
        }

        await SaveAsync();

        await AssertSavedAsync();
        Assert.False(Downloads.Single().Headers.ContainsKey("Range"));
    }

    [Fact]
    public async Task Without_a_tag_the_date_of_the_file_is_the_mark()
    {
        Dictionary<string, string> headers = new() { ["ETag"] = "" };
        Connect(Server.BaseUri, maxRetryCount: 0);
        Server.Inject((Fault.Truncate(500) with { Headers = headers }).On("GET", ".mp4"));
        await FailToSaveAsync();

        await SaveAsync();

        await AssertSavedAsync();
        Assert.True(DateTimeOffset.TryParseExact(
            Downloads.Last().Headers["If-Range"], "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_partial_file_as_long_as_the_video_or_longer_is_got_anew(int more)
    {
        await SavePartlyAsync(500);
        await File.WriteAllBytesAsync(Partial, new byte[Whole.Length + more], Token);

        await SaveAsync();

        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_has_arrived_and_goes_on_later()
    {
        Server.Inject(Fault.Throttle(2000).On("GET", ".mp4"));
        using CancellationTokenSource cancelled = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Client.SaveAsync(
                Video, Target, new SaveOptions { Received = _ => cancelled.Cancel() }, cancelled.Token));
        long kept = new FileInfo(Partial).Length;
        await SaveAsync();

        Assert.InRange(kept, 1, Whole.Length - 1);
        Assert.Equal($"bytes={kept}-", Downloads.Last().Headers["Range"]);
        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_for_the_rest()
    {
        Server.Inject(Fault.HangBeforeService().On("GET", ".mp4"));
        int before = Server.RequestCount;
        Task saved = SaveAsync();
        await Server.WaitForRequestsAsync(before + 1, Token);
        Clock.Advance(TimeSpan.FromSeconds(100));

        await saved;

        await AssertSavedAsync();
    }
}
