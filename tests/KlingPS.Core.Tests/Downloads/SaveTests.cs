namespace KlingPS.Core.Tests.Downloads;

/// <summary>A video becomes a file: whole or not at all.</summary>
public sealed class SaveTests : DownloadTest
{
    [Fact]
    public async Task The_file_is_the_video_and_nothing_is_left_beside_it()
    {
        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task What_arrives_is_told_as_it_is_written()
    {
        long received = 0;

        await Client.SaveAsync(Video, Target, new SaveOptions { Received = bytes => received += bytes }, Token);

        Assert.Equal(Whole.Length, received);
    }

    [Fact]
    public async Task No_key_ever_reaches_the_host_of_the_videos()
    {
        Server.Inject(Fault.Respond(503).On("GET", ".mp4"));
        await SaveAsync();

        Assert.Equal(2, Downloads.Count());
        Assert.All(Downloads, request => Assert.False(request.Headers.ContainsKey("Authorization")));
        Assert.All(
            Downloads,
            request =>
                Assert.DoesNotContain("sk-", string.Join(' ', request.Headers.Values), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_exists_is_left_as_it_is()
    {
        await File.WriteAllTextAsync(Target, "mine", Token);

        Assert.Equal("FileExists", (await FailToSaveAsync()).ErrorId);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, Token));
    }

    [Fact]
    public async Task A_file_that_exists_is_replaced_when_asked_to()
    {
        await File.WriteAllTextAsync(Target, "mine", Token);

        await SaveAsync(overwrite: true);

        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_file_that_was_to_be_replaced_stays_when_the_download_fails()
    {
        await File.WriteAllTextAsync(Target, "mine", Token);
        Server.Inject(Fault.Respond(404).On("GET", ".mp4").Always());

        await Assert.ThrowsAsync<KlingException>(() => SaveAsync(overwrite: true));

        Assert.Equal("mine", await File.ReadAllTextAsync(Target, Token));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(410)]
    public async Task An_address_that_is_spent_is_asked_for_anew_once(int status)
    {
        Server.Inject(Fault.Respond(status).On("GET", ".mp4"));
        int queries = Count("GET");

        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal((2, queries + 3), (Downloads.Count(), Count("GET")));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(410)]
    public async Task A_fresh_address_that_is_refused_too_means_the_video_is_gone(int status)
    {
        Server.Inject(Fault.Respond(status).On("GET", ".mp4").Always());

        KlingException error = await FailToSaveAsync();

        Assert.Equal(
            ("VideoExpired", status, SubmissionOutcome.Created), (error.ErrorId, error.HttpStatus, error.Submission));
        Assert.Equal(2, Downloads.Count());
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_video_without_an_address_is_queried_for_one()
    {
        await SaveAsync(Video with { Url = null });

        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_fresh_address_is_not_refreshed_again()
    {
        Server.Inject(Fault.Respond(403).On("GET", ".mp4").Always());

        KlingException error = await FailToSaveAsync(Video with { Url = null });

        Assert.Equal("VideoExpired", error.ErrorId);
        Assert.Single(Downloads);
    }

    [Fact]
    public async Task A_video_its_task_no_longer_names_is_gone()
    {
        KlingException error = await FailToSaveAsync(Video with { Url = null, VideoId = "another" });

        Assert.Equal("VideoExpired", error.ErrorId);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    public async Task A_page_instead_of_a_video_is_not_saved(string type)
    {
        Dictionary<string, string> headers = new() { ["Content-Type"] = type };
        Server.Inject(Fault.Respond(200, "<html>Sign in</html>", headers).On("GET", ".mp4"));

        Assert.Equal("UnexpectedResponse", (await FailToSaveAsync()).ErrorId);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_cannot_be_written_to()
    {
        string file = Path.Combine(Path.GetDirectoryName(Target)!, "file");
        await File.WriteAllTextAsync(file, "", Token);

        KlingException error = await FailToSaveAsync(path: Path.Combine(file, "video.mp4"));

        Assert.Equal(("FileNotWritable", SubmissionOutcome.Created), (error.ErrorId, error.Submission));
    }

    [Fact]
    public async Task A_target_that_is_a_folder_cannot_be_written()
    {
        Directory.CreateDirectory(Target);

        await Assert.ThrowsAsync<KlingException>(() => SaveAsync(overwrite: true));

        Assert.True(Directory.Exists(Target));
    }

    [Fact]
    public async Task No_error_shows_the_signed_query()
    {
        Server.Inject(Fault.Respond(404).On("GET", ".mp4").Always());

        KlingException error = await FailToSaveAsync();

        Assert.Contains("ksSecret", Video.Url!.Query, StringComparison.Ordinal);
        Assert.DoesNotContain("ksSecret", error.ToString(), StringComparison.Ordinal);
        Assert.All(
            Trace.Requests, request => Assert.DoesNotContain("ksSecret", request.ToString(), StringComparison.Ordinal));
    }
}
