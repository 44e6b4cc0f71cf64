namespace KlingPS.Core.Tests.Transport;

/// <summary>When a paid request is sent again, and when never.</summary>
[Collection(nameof(VirtualTime))]
public sealed class SubmissionTests
{
    private static readonly ScriptedHandler.Step Created = ScriptedHandler.Answer(200, Bodies.Task());

    public static TheoryData<int, string> AmbiguousAnswers => new()
    {
        { 429, "" },
        { 429, Bodies.Html },
        { 408, "" },
        { 500, "" },
        { 500, """{"code":5000,"message":"internal"}""" },
        { 503, """{"code":5001,"message":"maintenance"}""" },
        { 504, """{"code":5002,"message":"timeout"}""" },
        { 500, """{"code":"do_request_failed","message":"dial","data":null}""" },
        { 502, Bodies.Html },
        { 524, "" },
        { 302, "" },
        { 307, Bodies.TooFast },
        { 307, Bodies.NoSlot },
        { 429, """{"code":1302,"message":"too fast","data":[{"task_id":"7"}]}""" },
        { 429, """{"code":1303,"message":"full","data":{"result":{"task_id":7}}}""" },
        { 429, """{"code":"fail_to_fetch_task","message":"{\"code\":1302,\"data\":{\"task_id\":\"7\"}}"}""" },
        { 200, "" },
        { 200, Bodies.Html },
        { 200, """{"code":4242,"message":"news"}""" },
    };

    public static TheoryData<int, string> FinalAnswers => new()
    {
        { 401, """{"code":1002,"message":"invalid"}""" },
        { 403, """{"code":1103,"message":"no right"}""" },
        { 429, """{"code":1102,"message":"Account balance not enough"}""" },
        { 429, """{"code":1304,"message":"ip"}""" },
        { 400, """{"code":1301,"message":"risk"}""" },
        { 400, """{"code":1201,"message":"bad value"}""" },
        { 400, """{"code":1201,"message":"External_task_id shop-7 already exists"}""" },
        { 404, """{"code":1203,"message":"The model is discontinued"}""" },
        { 425, "" },
        { 503, """{"error":{"message":"no channel","code":"model_not_found"}}""" },
        { 500, """{"error":{"message":"field","code":"invalid_request"}}""" },
    };

    [Fact]
    public async Task What_was_refused_for_its_pace_is_sent_again()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast), Created);

        KlingTask task = await call.EndAsync(call.SubmitAsync());

        Assert.Equal(KlingTaskStatus.Submitted, task.Status);
        Assert.Equal(2, call.Handler.Seen.Count);
        Assert.Equal(call.Handler.Seen[0].Body, call.Handler.Seen[1].Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_is_sent_again_as_often_as_allowed_and_no_more(int allowed)
    {
        using VirtualCall call = new(
            settings => settings with { MaxRetryCount = allowed }, ScriptedHandler.Answer(429, Bodies.TooFast));

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(("RateLimited", SubmissionOutcome.NotCreated), (error.ErrorId, error.Submission));
        Assert.Equal(1 + allowed, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task What_never_left_is_sent_again_as_often_as_allowed_and_no_more()
    {
        using VirtualCall call = new(settings => settings with { MaxRetryCount = 2 }, ScriptedHandler.Refused());

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(("ConnectionFailed", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Equal(3, call.Handler.Seen.Count);
    }

    [Theory]
    [MemberData(nameof(AmbiguousAnswers))]
    public async Task An_answer_that_leaves_it_open_is_never_sent_again(int status, string body)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(status, body), Created);

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(SubmissionOutcome.Unknown, error.Submission);
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [MemberData(nameof(FinalAnswers))]
    public async Task An_answer_that_will_not_change_is_never_asked_for_again(int status, string body)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(status, body), Created);

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(SubmissionOutcome.NotCreated, error.Submission);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task A_connection_lost_after_the_request_was_written_is_never_sent_again()
    {
        using VirtualCall call = new(ScriptedHandler.Lost(), Created);

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown), (error.ErrorId, error.Submission));
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task No_answer_after_the_request_was_written_is_never_sent_again()
    {
        using VirtualCall call = new(
            settings => settings with { RequestTimeout = TimeSpan.FromSeconds(30) }, ScriptedHandler.Never(), Created);

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown), (error.ErrorId, error.Submission));
        Assert.Equal(30, (call.Clock.GetUtcNow() - Given.Start).TotalSeconds, 1);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task The_pauses_double_and_are_at_least_a_second()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast));

        await call.FailAsync(call.SubmitAsync());

        double[] pauses = [.. call.SentAt.Zip(call.SentAt.Skip(1), (before, after) => after - before)];
        Assert.All(pauses.Zip([1.0, 2, 4, 8]), pause => Assert.InRange(pause.First, pause.Second, pause.Second + 1.2));
    }

    [Theory]
    [InlineData("45")]
    [InlineData("Sun, 01 Mar 2026 12:00:45 GMT")]
    public async Task A_pause_asked_for_is_the_least_that_is_kept(string retryAfter)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast, ("Retry-After", retryAfter)), Created);

        await call.EndAsync(call.SubmitAsync());

        Assert.InRange(call.SentAt[1], 45, 46.2);
    }

    [Fact]
    public async Task A_pause_shorter_than_our_own_changes_nothing()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast, ("Retry-After", "0")), Created);

        await call.EndAsync(call.SubmitAsync());

        Assert.InRange(call.SentAt[1], 1, 2.2);
    }

    [Fact]
    public async Task A_429_to_one_request_holds_the_others_back_too()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast, ("Retry-After", "20")), Created);
        Task<KlingTask> first = call.SubmitAsync();
        Task<KlingTask> second = call.SubmitAsync();

        await call.EndAsync(first);
        await call.EndAsync(second);

        Assert.Equal(3, call.SentAt.Length);
        Assert.All(call.SentAt.Skip(1), at => Assert.True(at >= 20, $"sent at {at} s"));
    }

    [Fact]
    public async Task Who_is_cancelled_in_a_pause_sends_no_more()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast));
        using CancellationTokenSource cancelled = new();
        Task<KlingTask> submission = call.Client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submission);
        Assert.Single(call.Handler.Seen);
    }
}
