namespace KlingPS.Core.Tests.Transport;

/// <summary>1303: every slot of the account is in use, so the submission waits for one.</summary>
[Collection(nameof(VirtualTime))]
public sealed class ConcurrencyQueueTests
{
    private static readonly ScriptedHandler.Step Created = ScriptedHandler.Answer(200, Bodies.Task());
    private static readonly ScriptedHandler.Step Full = ScriptedHandler.Answer(429, Bodies.NoSlot);

    [Fact]
    public async Task A_full_account_is_no_attempt()
    {
        using VirtualCall call = new(
            settings => settings with { MaxRetryCount = 0 }, Full, Full, Full, Full, Full, Created);

        KlingTask task = await call.EndAsync(call.SubmitAsync());

        Assert.Equal(KlingTaskStatus.Submitted, task.Status);
        Assert.Equal(6, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task Retries_are_counted_apart_from_waiting_for_a_slot()
    {
        ScriptedHandler.Step tooFast = ScriptedHandler.Answer(429, Bodies.TooFast);
        using VirtualCall call = new(
            settings => settings with { MaxRetryCount = 1 }, Full, tooFast, Full, tooFast, Created);

        KlingException error = await call.FailAsync(call.SubmitAsync());

        Assert.Equal("RateLimited", error.ErrorId);
        Assert.Equal(4, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task The_wait_for_a_slot_ends_at_the_queue_timeout_with_nothing_created()
    {
        using VirtualCall call = new(Full);

        KlingException error = await call.FailAsync(call.SubmitAsync(queueSeconds: 60));

        Assert.Equal(
            ("ConcurrencyLimited", SubmissionOutcome.NotCreated, false),
            (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.Equal(("1303", "r-1303", 429), (error.ServiceCode, error.RequestId, error.HttpStatus));
        Assert.Equal(60, (call.Clock.GetUtcNow() - Given.Start).TotalSeconds, 1);
    }

    [Fact]
    public async Task A_slot_that_becomes_free_at_the_last_moment_is_taken()
    {
        using VirtualCall call = new(Full, Full, Created);

        KlingTask task = await call.EndAsync(call.SubmitAsync(queueSeconds: 2));

        Assert.Equal(KlingTaskStatus.Submitted, task.Status);
        Assert.Equal(2, call.SentAt[^1], 1);
    }

    [Fact]
    public async Task Without_time_to_queue_it_is_asked_once()
    {
        using VirtualCall call = new(Full);

        KlingException error = await call.FailAsync(call.SubmitAsync(queueSeconds: 0));

        Assert.Equal(("ConcurrencyLimited", SubmissionOutcome.NotCreated), (error.ErrorId, error.Submission));
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task It_is_asked_after_a_second_at_the_earliest_and_after_ten_at_the_latest()
    {
        using VirtualCall call = new(Full);

        await call.FailAsync(call.SubmitAsync(queueSeconds: 300));

        Assert.All(
            call.SentAt.Zip(call.SentAt.Skip(1)).SkipLast(1),
            pair => Assert.InRange(pair.Second - pair.First, 0.99, 10.2));
    }

    [Fact]
    public async Task A_pause_asked_for_with_a_full_account_is_kept()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.NoSlot, ("Retry-After", "90")), Created);

        await call.EndAsync(call.SubmitAsync());

        Assert.InRange(call.SentAt[1], 90, 90.2);
    }

    [Fact]
    public async Task A_pause_asked_for_beyond_the_queue_timeout_gives_up_at_once()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.NoSlot, ("Retry-After", "90")), Created);

        KlingException error = await call.FailAsync(call.SubmitAsync(queueSeconds: 60));

        Assert.Equal("ConcurrencyLimited", error.ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Fact]
    public async Task A_full_account_does_not_hold_back_queries()
    {
        using VirtualCall call = new(Full, Created);
        Task<KlingTask> submission = call.SubmitAsync();

        Assert.True(call.GetAsync().IsCompletedSuccessfully);
        Assert.Equal(0, call.SentAt[1]);
        call.Connection.Dispose();
        _ = submission;
    }

    [Fact]
    public async Task While_one_waits_for_a_slot_those_behind_it_do_not_ask()
    {
        using VirtualCall call = new(Full, Full, Full, Created);
        Task<KlingTask>[] all = [call.SubmitAsync(), call.SubmitAsync(), call.SubmitAsync()];

        int asked = call.Handler.Seen.Count;
        await call.EndAsync(all[0]);
        KlingTask[] tasks = await Task.WhenAll(all);

        Assert.Equal(1, asked);
        Assert.Equal(6, call.Handler.Seen.Count);
        Assert.Equal(3, tasks.Length);
    }

    [Fact]
    public async Task Who_waited_behind_others_for_the_whole_time_has_sent_nothing()
    {
        using VirtualCall call = new(Full);
        Task<KlingTask> first = call.SubmitAsync(queueSeconds: 100);
        Task<KlingTask> second = call.SubmitAsync(queueSeconds: 10);

        call.Clock.Advance(TimeSpan.FromSeconds(10));
        KlingException error = await Assert.ThrowsAsync<KlingException>(() => second);
        KlingException firstError = await call.FailAsync(first);

        Assert.Equal(("ConcurrencyLimited", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Equal(SubmissionOutcome.NotCreated, firstError.Submission);
    }

    [Fact]
    public async Task Who_is_cancelled_in_line_lets_the_next_one_through()
    {
        using VirtualCall call = new(Full, Created);
        using CancellationTokenSource cancelled = new();
        Task<KlingTask> first = call.Client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), cancelled.Token);
        Task<KlingTask> second = call.SubmitAsync();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(KlingTaskStatus.Submitted, (await second).Status);
    }
}
