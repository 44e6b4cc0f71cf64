namespace KlingPS.Core.Tests.Transport;

/// <summary>A query: free, so it is asked again wherever that can help.</summary>
[Collection(nameof(VirtualTime))]
public sealed class QueryTests
{
    private static readonly ScriptedHandler.Step Known = ScriptedHandler.TaskAskedFor("processing");
    private static readonly ScriptedHandler.Step Unknown = ScriptedHandler.Answer(400, Bodies.NotFound);

    public static TheoryData<int, string> PassingAnswers => new()
    {
        { 408, "" },
        { 425, "" },
        { 429, Bodies.TooFast },
        { 429, Bodies.NoSlot },
        { 429, "" },
        { 500, """{"code":5000,"message":"internal"}""" },
        { 502, Bodies.Html },
        { 503, "" },
        { 504, """{"code":5002,"message":"timeout"}""" },
        { 524, "" },
    };

    [Theory]
    [MemberData(nameof(PassingAnswers))]
    public async Task An_answer_that_passes_is_asked_for_again(int status, string body)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(status, body), Known);

        KlingTask task = await call.EndAsync(call.GetAsync());

        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.Equal(2, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_lost_connection_is_asked_again()
    {
        using VirtualCall call = new(ScriptedHandler.Lost(), ScriptedHandler.Refused(), Known);

        Assert.Equal(KlingTaskStatus.Processing, (await call.EndAsync(call.GetAsync())).Status);
    }

    [Fact]
    public async Task A_lost_connection_is_an_error_after_as_many_retries_as_allowed()
    {
        using VirtualCall call = new(settings => settings with { MaxRetryCount = 3 }, ScriptedHandler.Lost());

        KlingException error = await call.FailAsync(call.GetAsync());

        Assert.Equal(("ConnectionFailed", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Equal(4, call.Handler.Seen.Count);
    }

    [Theory]
    [InlineData(401, """{"code":1000,"message":"no"}""", "AuthenticationFailed")]
    [InlineData(400, Bodies.NotFound, "TaskNotFound")]
    [InlineData(404, """{"code":1203,"message":"The model is discontinued"}""", "TaskNotFound")]
    [InlineData(307, Bodies.TooFast, "UnexpectedResponse")]
    [InlineData(200, Bodies.Html, "UnexpectedResponse")]
    [InlineData(302, "", "UnexpectedResponse")]
    public async Task An_answer_that_will_not_change_is_believed_at_once(int status, string body, string id)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(status, body));

        KlingException error = await call.FailAsync(call.GetAsync());

        Assert.Equal(id, error.ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [InlineData("861234567890123456", "862", null)]
    [InlineData("mine-1", "862", null)]
    [InlineData("mine-1", "862", "mine-2")]
    [InlineData("Mine-1", "862", "mine-1")]
    public async Task An_answer_about_another_task_is_none(string asked, string taskId, string? externalId)
    {
        string info = externalId is null ? "{}" : $$"""{"external_task_id":"{{externalId}}"}""";
        using VirtualCall call = new(
            ScriptedHandler.Answer(
                200,
                Bodies.Task(taskId).Replace("\"task_info\":{}", $"\"task_info\":{info}", StringComparison.Ordinal)));

        KlingException error = await call.FailAsync(call.GetAsync(asked));

        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Contains(
            $"Task {asked} could not be queried: the response is about task {taskId}",
            error.Message,
            StringComparison.Ordinal);
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [InlineData(" 862 ", """{"data":{"task_id":"862","task_status":"processing"}}""")]
    [InlineData("862", """{"data":{"task_id":862,"task_status":"processing"}}""")]
    [InlineData(
        "mine-1",
        """{"data":{"task_id":"862","task_status":"processing","task_info":{"external_task_id":" mine-1 "}}}""")]
    [InlineData("mine-1", """{"data":{"task_id":"862","task_status":"processing","external_task_id":"mine-1"}}""")]
    public async Task An_answer_is_of_the_task_asked_for_by_either_of_its_ids(string asked, string body)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(200, body));

        Assert.Equal("862", (await call.EndAsync(call.GetAsync(asked))).TaskId);
    }

    [Theory]
    [InlineData("gateway-1")]
    [InlineData("862")]
    public async Task A_task_keeps_the_id_it_was_asked_for_by_where_a_gateway_has_one_of_its_own(string asked)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(
            200,
            """
            {"data":{"task_id":"gateway-1","data":{"data":{"task_id":"862","task_status":"succeed","task_result":
            {"videos":[{"id":"863","url":"https://cdn.test/v.mp4"}]}}}}}
            """));

        KlingTask task = await call.EndAsync(call.GetAsync(asked));

        Assert.Equal((asked, asked, "863"), (task.TaskId, task.Videos[0].TaskId, task.VideoId));
    }

    [Fact]
    public async Task No_answer_in_time_is_a_timeout_and_asked_once()
    {
        using VirtualCall call = new(
            settings => settings with { RequestTimeout = TimeSpan.FromSeconds(12) }, ScriptedHandler.Never());

        KlingException error = await call.FailAsync(call.GetAsync());

        Assert.Equal("RequestTimeout", error.ErrorId);
        Assert.Equal(12, (call.Clock.GetUtcNow() - Given.Start).TotalSeconds, 1);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task A_task_made_seconds_ago_is_asked_for_again_until_it_is_known()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(200, Bodies.Task()), Unknown, Unknown, Known);
        KlingTask created = await call.SubmitAsync();

        KlingTask task = await call.EndAsync(call.GetAsync(created.TaskId));

        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.True(call.SentAt[^1] < 10);
    }

    [Fact]
    public async Task A_task_made_ten_seconds_ago_that_is_not_known_is_not_there()
    {
        using VirtualCall call = new(
            settings => settings with { MaxRetryCount = 0 }, ScriptedHandler.Answer(200, Bodies.Task()), Unknown);
        KlingTask created = await call.SubmitAsync();

        KlingException error = await call.FailAsync(call.GetAsync(created.TaskId));

        Assert.Equal("TaskNotFound", error.ErrorId);
        Assert.InRange(call.SentAt[^1], 9, 11.5);
    }

    [Fact]
    public async Task A_task_seen_but_not_made_here_is_not_young()
    {
        using VirtualCall call = new(Known, Unknown);
        await call.GetAsync();

        KlingException error = await call.FailAsync(call.GetAsync());

        Assert.Equal("TaskNotFound", error.ErrorId);
        Assert.Equal(2, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_503_that_names_a_pause_holds_all_requests_back()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(503, "", ("Retry-After", "15")), Known);
        Task<KlingTask> first = call.GetAsync("1");
        Task<KlingTask> second = call.GetAsync("2");

        await call.EndAsync(first);
        await call.EndAsync(second);

        Assert.All(call.SentAt.Skip(1), at => Assert.True(at >= 15, $"sent at {at} s"));
    }

    [Fact]
    public async Task The_key_goes_with_every_request_and_the_id_into_the_path_escaped()
    {
        using VirtualCall call = new(Known);

        await call.GetAsync("a/../b?c#d");

        SeenRequest seen = Assert.Single(call.Handler.Seen);
        Assert.Equal($"Bearer {Given.Key}", seen.Authorization);
        Assert.Equal("https://api.test/kling/v1/videos/text2video/a%2F..%2Fb%3Fc%23d", seen.Address.AbsoluteUri);
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_none_is_an_unexpected_answer()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(302, "", ("Location", "//")));

        Assert.Equal("UnexpectedResponse", (await call.FailAsync(call.GetAsync())).ErrorId);
    }
}
