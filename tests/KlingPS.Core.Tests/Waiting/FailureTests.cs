namespace KlingPS.Core.Tests.Waiting;

/// <summary>Polls that fail: some pass, some end their task, none ends the others.</summary>
public sealed class FailureTests
{
    private static readonly ScriptedHandler.Step Done = ScriptedHandler.Answer(200, Bodies.Task("1", "succeed"));
    private static readonly ScriptedHandler.Step Unreadable = ScriptedHandler.Answer(200, Bodies.Html);
    private static readonly ScriptedHandler.Step Resting = ScriptedHandler.Answer(503, "");

    public static TheoryData<int, string> PassingAnswers => new()
    {
        { 408, "" },
        { 429, Bodies.TooFast },
        { 429, "" },
        { 429, Bodies.NoSlot },
        { 500, "" },
        { 502, Bodies.Html },
        { 503, """{"error":{"message":"no available channel","code":"model_not_found"}}""" },
        { 504, """{"code":5002,"message":"timeout"}""" },
    };

    [Theory]
    [MemberData(nameof(PassingAnswers))]
    public async Task A_failure_that_passes_never_ends_the_wait(int status, string body)
    {
        ScriptedHandler.Step failure = ScriptedHandler.Answer(status, body);
        await using WaitRun run = Run([.. Enumerable.Repeat(failure, 8), Done]);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal((null, 9), (run.ToldErrors.Single(), run.Told[0].Outcome.Task.PollCount));
    }

    [Fact]
    public async Task A_lost_connection_and_a_request_without_an_answer_never_end_the_wait()
    {
        ScriptedHandler.Step lost = ScriptedHandler.Lost(), never = ScriptedHandler.Never();
        await using WaitRun run = Run([lost, ScriptedHandler.Refused(), never, lost, never, Done]);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal([null], run.ToldErrors);
    }

    [Theory]
    [InlineData(404, """{"code":1203,"message":"The model is discontinued"}""")]
    [InlineData(400, Bodies.NotFound)]
    public async Task A_task_made_here_a_moment_ago_that_is_not_known_yet_is_asked_for_again(int status, string body)
    {
        ScriptedHandler.Step unknown = ScriptedHandler.Answer(status, body);
        await using WaitRun run = Run([ScriptedHandler.Answer(200, Bodies.Task("1")), unknown, unknown, Done]);
        KlingTask made = await run.Client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), Token);

        await run.StartAsync([made]);
        await run.EndAsync();

        Assert.Equal([("1", null)], run.Told.Select(told => (told.Outcome.Task.TaskId, told.Outcome.Error?.ErrorId)));
    }

    [Theory]
    [InlineData(401, """{"code":1002,"message":"invalid"}""", "AuthenticationFailed")]
    [InlineData(403, """{"code":1103,"message":"no right"}""", "AccessDenied")]
    [InlineData(400, Bodies.NotFound, "TaskNotFound")]
    public async Task A_failure_that_stays_ends_that_task_only(int status, string body, string id)
    {
        ScriptedHandler.Step failure = ScriptedHandler.Answer(status, body);
        ScriptedHandler.Step byTask = (request, token) =>
            (request.RequestUri!.AbsolutePath.EndsWith("/2", StringComparison.Ordinal) ? failure : Done)(
                request, token);
        await using WaitRun run = Run([byTask]);

        await run.StartAsync([Given.Task("2"), Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal(
            [("2", id), ("1", null)], run.Told.Select(told => (told.Outcome.Task.TaskId, told.Outcome.Error?.ErrorId)));
    }

    [Fact]
    public async Task Answers_about_another_task_end_each_task_with_its_own_error_and_never_with_that_other()
    {
        await using WaitRun run = Run([ScriptedHandler.Answer(200, Bodies.Task("B", "succeed"))]);

        await run.StartAsync([Given.Task("A1"), Given.Task("A2")]);
        await run.EndAsync();

        Assert.Equal(
            [("A1", "UnexpectedResponse", 5), ("A2", "UnexpectedResponse", 5)],
            run.Told.Select(
                told => (told.Outcome.Task.TaskId, told.Outcome.Error?.ErrorId, told.Outcome.Task.PollCount)).Order());
    }

    [Fact]
    public async Task A_wait_by_the_users_own_id_goes_on_by_the_services()
    {
        string known = Bodies.Task("7").Replace(
            "\"task_info\":{}", "\"task_info\":{\"external_task_id\":\"mine\"}", StringComparison.Ordinal);
        await using WaitRun run = Run(
            [ScriptedHandler.Answer(200, known), ScriptedHandler.Answer(200, Bodies.Task("7", "succeed"))]);

        await run.StartAsync([Given.Task("mine")]);
        await run.EndAsync();

        Assert.Equal([("7", null)], run.Told.Select(told => (told.Outcome.Task.TaskId, told.Outcome.Error?.ErrorId)));
    }

    [Fact]
    public async Task An_id_that_can_be_none_ends_as_its_error()
    {
        await using WaitRun run = Run([Done]);

        await run.StartAsync([KlingTask.FromId("a b", KlingTaskKind.TextToVideo, Given.Start)]);
        await run.EndAsync();

        Assert.Equal(["InvalidRequest"], run.ToldErrors);
    }

    [Fact]
    public async Task Answers_that_cannot_be_read_end_the_task_after_five()
    {
        ScriptedHandler handler = new(TimeProvider.System, Unreadable);
        await using WaitRun run = new(Given.Clock(), handler);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal(("UnexpectedResponse", 5), (run.ToldErrors.Single(), handler.Seen.Count));
    }

    [Fact]
    public async Task Four_answers_that_cannot_be_read_are_forgiven()
    {
        await using WaitRun run = Run([.. Enumerable.Repeat(Unreadable, 4), Done]);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal([null], run.ToldErrors);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_after_failures_that_pass_is_the_first_of_five()
    {
        await using WaitRun run = Run([.. Enumerable.Repeat(Resting, 6), Unreadable, Done]);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal([null], run.ToldErrors);
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_does_not_keep_the_wait_from_ending()
    {
        ScriptedHandler handler = new(TimeProvider.System, (_, _) => throw new InvalidOperationException("unforeseen"));
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.FromSeconds(10) });

        await run.StartAsync([Given.Task("1")]);
        await run.AdvanceAsync(20);

        Assert.True(run.IsOver);
    }

    [Theory]
    [InlineData(503, "", "25")]
    [InlineData(429, Bodies.NoSlot, "25")]
    [InlineData(503, "", "Sun, 01 Mar 2026 12:00:25 GMT")]
    public async Task A_pause_asked_for_is_the_least_that_is_kept(int status, string body, string retryAfter)
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, ScriptedHandler.Answer(status, body, ("Retry-After", retryAfter)), Done);
        await using WaitRun run = new(clock, handler);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.InRange((handler.Seen[1].At - handler.Seen[0].At).TotalSeconds, 25, 25.2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_does_not_answer_is_named_after_thirty_seconds_with_one_warning(bool refuses)
    {
        await using WaitRun run = Run([refuses ? ScriptedHandler.Refused() : ScriptedHandler.Never()]);

        await run.StartAsync([Given.Task("1"), Given.Task("2")]);
        await run.AdvanceAsync(29, step: 0.5);
        Assert.All(run.Progress, seen => Assert.Null(seen.Progress.Trouble));
        Assert.Empty(run.Warnings);

        await run.AdvanceAsync(200, step: 0.5);
        string warning = Assert.Single(run.Warnings);
        Assert.Matches("no answer for 3[0-9] s", warning);
        Assert.StartsWith("no answer for 2", run.Progress[^1].Progress.Trouble, StringComparison.Ordinal);
        Assert.Contains(":", run.Progress[^1].Progress.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_answers_again_is_in_trouble_no_more()
    {
        ScriptedHandler.Step refused = ScriptedHandler.Refused(), open = ScriptedHandler.Answer(200, Bodies.Task("1"));
        await using WaitRun run = Run([.. Enumerable.Repeat(refused, 6), open]);

        await run.StartAsync([Given.Task("1")]);
        await run.AdvanceAsync(120, step: 0.5);

        Assert.Contains(run.Progress, seen => seen.Progress.Trouble is not null);
        Assert.Null(run.Progress[^1].Progress.Trouble);
    }

    [Theory]
    [InlineData("90")]
    [InlineData(null)]
    public async Task One_failure_and_a_pause_the_service_asks_for_are_no_silence(string? retryAfter)
    {
        (string, string)[] headers = retryAfter is null ? [] : [("Retry-After", retryAfter)];
        ScriptedHandler.Step failure = ScriptedHandler.Answer(503, "", headers);
        await using WaitRun run = new(
            Given.Clock(),
            new ScriptedHandler(TimeProvider.System, failure, Done),
            new WaitOptions { PollInterval = TimeSpan.FromSeconds(60) });

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Empty(run.Warnings);
        Assert.All(run.Progress, seen => Assert.Null(seen.Progress.Trouble));
    }

    [Fact]
    public async Task Cancellation_leaves_nothing_in_flight_and_tells_nothing()
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Never());
        await using WaitRun run = new(Given.Clock(), handler);
        await run.StartAsync([Given.Task("1"), Given.Task("2"), Given.Task("3")]);
        int before = handler.InFlight;

        await run.CancelAsync();

        Assert.Equal((3, 0), (before, handler.InFlight));
        Assert.Empty(run.Told);
    }

    [Fact]
    public async Task Any_leaves_nothing_in_flight()
    {
        ScriptedHandler.Step never = ScriptedHandler.Never();
        ScriptedHandler handler = new(TimeProvider.System, never, never, Done);
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Any = true });

        await run.StartAsync([Given.Task("2"), Given.Task("3"), Given.Task("1")]);
        await run.OverAsync();

        Assert.Equal(("1", 0), (run.ToldIds.Single(), handler.InFlight));
    }

    private static WaitRun Run(ScriptedHandler.Step[] script) =>
        new(Given.Clock(), new ScriptedHandler(TimeProvider.System, script));
}
