using KlingPS.Core.Tests.Transport;

namespace KlingPS.Core.Tests.Providers;

/// <summary>What lists are for where the service has them: an extension whose outcome is unknown.</summary>
[Collection(nameof(VirtualTime))]
public sealed class ListTests
{
    private const string Found = "862000000000000001";

    [Fact]
    public async Task An_extension_of_unknown_outcome_is_the_only_one_of_its_video_made_then()
    {
        using VirtualCall call = await LostAsync(
            Page(Extension(Found), Extension("862000000000000002", parent: "another")));

        KlingTask task = await ResolveAsync(call);

        Assert.Equal(Found, task.TaskId);
        Assert.Empty(call.Connection.Journal.Unsettled());
        Assert.Equal("/v1/videos/video-extend?pageNum=1&pageSize=500", call.Handler.Seen[^1].Address.PathAndQuery);
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task An_extension_made_at_another_time_is_another(int seconds)
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found, seconds: seconds)));

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
    }

    [Fact]
    public async Task Two_that_fit_are_none()
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found), Extension("862000000000000002")));

        KlingException error = await FailAsync(call);

        Assert.Equal("IntentUnresolved", error.ErrorId);
        Assert.Contains(Found, error.Message, StringComparison.Ordinal);
        Assert.Single(call.Connection.Journal.Unsettled());
    }

    [Fact]
    public async Task One_that_the_journal_knows_from_another_submission_is_not_taken()
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found)));
        JournalEntry other = call.Connection.Journal.Unsettled().Single().Entry with { Id = "other" };
        await call.Connection.Journal.RecordOutcomeAsync(other, JournalEvent.Created, Found, cancellationToken: Token);

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
    }

    [Fact]
    public async Task Two_unsettled_submissions_of_one_video_are_not_told_apart()
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found)));
        JournalEntry other = call.Connection.Journal.Unsettled().Single().Entry with { Id = "other" };
        await call.Connection.Journal.RecordOutcomeAsync(other, JournalEvent.Unknown, cancellationToken: Token);

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
    }

    [Theory]
    [InlineData(300, "IntentUnresolved")]
    [InlineData(340, null)]
    public async Task An_unsettled_submission_counts_for_as_long_as_its_own_request_may_have_taken(
        int secondsLater, string? error)
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found)));
        JournalEntry other = call.Connection.Journal.Unsettled().Single().Entry with { Id = "other" };
        call.Clock.Advance(TimeSpan.FromSeconds(secondsLater));
        await call.Connection.Journal.RecordOutcomeAsync(other, JournalEvent.Unknown, cancellationToken: Token);

        string? failed = error is null ? null : (await FailAsync(call)).ErrorId;

        Assert.Equal(error, failed);
        Assert.Equal(error is null ? Found : null, error is null ? (await ResolveAsync(call)).TaskId : null);
    }

    [Fact]
    public async Task What_was_only_taken_for_that_of_another_submission_settles_neither()
    {
        using VirtualCall call = await LostAsync(Page(Extension(Found)), Page(Extension(Found)));
        JournalEntry other = call.Connection.Journal.Unsettled().Single().Entry with { Id = "other" };
        await ResolveAsync(call);
        await call.Connection.Journal.RecordOutcomeAsync(other, JournalEvent.Unknown, cancellationToken: Token);
        KlingIntent intent = new(call.Connection.Journal.Unsettled().Single(), isThisAccount: true);

        KlingException error = await call.FailAsync(call.Client.ResolveAsync(intent, Token));

        Assert.Equal("IntentUnresolved", error.ErrorId);
        Assert.Contains(Found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_begins_again_ends()
    {
        string page = Page([.. Enumerable.Range(0, 500).Select(i => Extension($"9{i:00000}", seconds: 300))]);
        using VirtualCall call = await LostAsync(page, page, Page(Extension(Found)));

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
        Assert.Equal(3, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_full_page_of_newer_tasks_is_followed_by_the_next()
    {
        using VirtualCall call = await LostAsync(
            Page([.. Enumerable.Range(0, 500).Select(i => Extension($"9{i:00000}", seconds: 300))]),
            Page(Extension(Found)));

        Assert.Equal(Found, (await ResolveAsync(call)).TaskId);
        Assert.Equal(3, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_full_page_of_older_tasks_is_the_last()
    {
        using VirtualCall call = await LostAsync(
            Page([.. Enumerable.Range(0, 500).Select(i => Extension($"9{i:00000}", seconds: -4000))]));

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
        Assert.Equal(2, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_video_without_an_id_of_its_own_is_not_looked_for_among_others()
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Lost());
        await call.FailAsync(call.SubmitAsync());

        Assert.Equal("IntentUnresolved", (await FailAsync(call)).ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task An_extension_names_its_video_alone_and_its_task_only_to_a_gateway()
    {
        using VirtualCall kling = new(Given.OfKling, ScriptedHandler.Answer(200, Bodies.Task()));
        using VirtualCall gateway = new(ScriptedHandler.Answer(200, Bodies.Task()));

        await kling.EndAsync(kling.SubmitAsync(Given.Extension with { CfgScale = 0.5 }));
        await gateway.EndAsync(gateway.SubmitAsync(Given.Extension with { CfgScale = 0.5 }));

        SeenRequest own = kling.Handler.Seen.Single();
        Assert.Equal("https://api.test/v1/videos/video-extend", own.Address.AbsoluteUri);
        Assert.Equal("""{"video_id":"861234567890123457","cfg_scale":0.5}""", own.Body);
        Assert.Equal(
            """{"task_id":"861234567890123456","video_id":"861234567890123457","cfg_scale":0.5}""",
            gateway.Handler.Seen.Single().Body);
        Assert.DoesNotContain("task_id", kling.Client.Describe(Given.Extension), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_not_asked_of_a_gateway()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(200, Page()));

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => call.Client.ListAsync(KlingTaskKind.TextToVideo, 1, 30, Token));

        Assert.Equal("NotSupported", error.ErrorId);
        Assert.Empty(call.Handler.Seen);
    }

    [Theory]
    [InlineData("""{"code":0,"data":{}}""")]
    [InlineData("""{"code":0,"data":null}""")]
    [InlineData("[]")]
    public async Task An_answer_without_a_list_is_no_empty_list(string body)
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(200, body));

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => call.Client.ListAsync(KlingTaskKind.TextToVideo, 1, 30, Token));

        Assert.Equal("UnexpectedResponse", error.ErrorId);
    }

    [Theory]
    [InlineData("""{"code":1203,"message":"not there"}""", false)]
    [InlineData("Not Found", true)]
    public async Task Only_an_answer_that_is_not_the_services_puts_the_address_in_doubt(string body, bool isDoubted)
    {
        using VirtualCall call = new(Given.OfKling, ScriptedHandler.Answer(404, body));

        KlingException list = await Assert.ThrowsAsync<KlingException>(
            () => call.Client.ListAsync(KlingTaskKind.TextToVideo, 1, 30, Token));
        KlingException balance = await Assert.ThrowsAsync<KlingException>(() => call.Client.GetBalanceAsync(Token));

        Assert.Equal(isDoubted, list.RecommendedAction.Contains("base URI", StringComparison.Ordinal));
        Assert.Equal(isDoubted, balance.RecommendedAction.Contains("base URI", StringComparison.Ordinal));
    }

    private static async Task<VirtualCall> LostAsync(params string[] pages)
    {
        VirtualCall call = new(
            Given.OfKling,
            [ScriptedHandler.Lost(), .. pages.Select(page => ScriptedHandler.Answer(200, page))]);
        await call.FailAsync(call.SubmitAsync(Given.Extension));
        return call;
    }

    private static KlingIntent Intent(VirtualCall call) =>
        new(call.Connection.Journal.Unsettled().First(state => state.Entry.Id != "other"), isThisAccount: true);

    private static Task<KlingTask> ResolveAsync(VirtualCall call) =>
        call.EndAsync(call.Client.ResolveAsync(Intent(call), Token));

    private static Task<KlingException> FailAsync(VirtualCall call) =>
        call.FailAsync(call.Client.ResolveAsync(Intent(call), Token));

    private static string Page(params string[] tasks) =>
        $$"""{"code":0,"message":"SUCCEED","request_id":"r","data":[{{string.Join(',', tasks)}}]}""";

    private static string Extension(string id, string parent = "861234567890123457", int seconds = 1)
    {
        string at = Given.Start.AddSeconds(seconds).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return $$$"""
            {"task_id":"{{{id}}}","task_status":"processing","task_info":{"parent_video":{"id":"{{{parent}}}"}},
            "created_at":{{{at}}},"updated_at":{{{at}}}}
            """;
    }
}
