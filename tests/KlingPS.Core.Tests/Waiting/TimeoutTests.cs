namespace KlingPS.Core.Tests.Waiting;

/// <summary>The one clock of a wait.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task When_time_is_over_each_unfinished_task_is_one_error_with_its_last_known_state()
    {
        await using SandboxedWait wait = new(new WaitOptions { Timeout = TimeSpan.FromSeconds(10) }, 1, 100, 100);
        KlingTask[] tasks = await wait.SubmitAsync("quick", "slow", "slow");

        await wait.Run.StartAsync(tasks);
        await wait.Run.EndAsync();

        Assert.Equal([null, "WaitTimeout", "WaitTimeout"], wait.Run.ToldErrors);
        Assert.Equal(tasks.Select(task => task.TaskId).Order(), wait.Run.ToldIds.Order());
        Assert.All(wait.Run.Told.Skip(1), told => Assert.Equal(KlingTaskStatus.Submitted, told.Outcome.Task.Status));
        Assert.All(
            wait.Run.Told.Skip(1), told => Assert.Equal(SubmissionOutcome.Created, told.Outcome.Error!.Submission));
        Assert.InRange(wait.Run.Now, 9.99, 10.11);
    }

    [Fact]
    public async Task The_clock_starts_again_with_the_latest_arrival()
    {
        await using SandboxedWait wait = new(new WaitOptions { Timeout = TimeSpan.FromSeconds(10) }, 100, 100);
        await wait.Run.StartAsync(await wait.SubmitAsync("first"), complete: false);
        await wait.Run.AdvanceAsync(7);
        await wait.Run.AddAsync((await wait.SubmitAsync("second"))[0]);
        await wait.Run.CompleteAddingAsync();

        await wait.Run.EndAsync();

        Assert.Equal(["WaitTimeout", "WaitTimeout"], wait.Run.ToldErrors);
        Assert.All(wait.Run.Told, told => Assert.InRange(told.At, 16.99, 17.11));
    }

    [Fact]
    public async Task A_task_that_ends_just_in_time_is_no_error()
    {
        await using SandboxedWait wait = new(new WaitOptions { Timeout = TimeSpan.FromSeconds(10) }, 9.99);

        await wait.Run.StartAsync(await wait.SubmitAsync("just in time"));
        await wait.Run.EndAsync();

        Assert.Equal([null], wait.Run.ToldErrors);
    }

    [Fact]
    public async Task A_timeout_of_zero_looks_exactly_once_at_each()
    {
        await using SandboxedWait wait = new(
            new WaitOptions { Timeout = TimeSpan.Zero, ThrottleLimit = 2 }, 0, 100, 100, 0, 100);
        KlingTask[] tasks = await wait.SubmitAsync("done", "slow", "slow", "done", "slow");

        await wait.Run.StartAsync(tasks);

        Assert.True(wait.Run.IsOver);
        Assert.Equal((5, 0), (wait.Polls, wait.Run.Now));
        Assert.Equal(2, wait.Run.ToldErrors.Count(error => error is null));
        Assert.Equal(3, wait.Run.ToldErrors.Count(error => error == "WaitTimeout"));
    }

    [Fact]
    public async Task A_timeout_of_zero_does_not_ask_again_after_a_failure()
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Answer(503, ""));
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.Zero });

        await run.StartAsync([Given.Task("1")]);

        Assert.Equal((true, "WaitTimeout"), (run.IsOver, run.ToldErrors.Single()));
        Assert.Single(handler.Seen);
    }

    [Fact]
    public async Task A_task_that_never_answered_is_unknown_in_its_error()
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Lost());
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.FromSeconds(20) });

        await run.StartAsync([KlingTask.FromId("1", KlingTaskKind.VideoExtension, Given.Start)]);
        await run.EndAsync();

        WaitOutcome outcome = run.Told.Single().Outcome;
        Assert.Equal(
            ("WaitTimeout", KlingTaskStatus.Unknown, "1"),
            (outcome.Error?.ErrorId, outcome.Task.Status, outcome.Task.TaskId));
        Assert.Equal(handler.Seen.Count, outcome.Task.PollCount);
        Assert.Contains("last poll failed", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_hangs_holds_the_end_up_by_seconds_only()
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Never());
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.FromSeconds(3) });

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal(["WaitTimeout"], run.ToldErrors);
        Assert.InRange(run.Now, 3, 5.2);
    }

    [Fact]
    public async Task A_pause_beyond_the_timeout_ends_the_wait_at_once_and_says_how_long_it_is()
    {
        ScriptedHandler.Step slowDown = ScriptedHandler.Answer(429, Bodies.TooFast, ("Retry-After", "3600"));
        ScriptedHandler handler = new(TimeProvider.System, slowDown);
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.FromSeconds(30) });

        await run.StartAsync([Given.Task("1"), Given.Task("2")]);
        await run.OverAsync();

        Assert.Equal(["WaitTimeout", "WaitTimeout"], run.ToldErrors);
        const string Why = "30 s left, because the service asked for a pause of 3600 s";
        Assert.All(run.Told, told => Assert.Contains(Why, told.Outcome.Error!.Message, StringComparison.Ordinal));
        Assert.Equal(0, run.Now);
    }

    [Fact]
    public async Task A_pause_of_the_connection_beyond_the_timeout_ends_the_wait_without_a_request()
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Answer(503, "", ("Retry-After", "3600")));
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { Timeout = TimeSpan.FromSeconds(30) });
        await Assert.ThrowsAsync<KlingException>(() => run.Client.GetAsync("9", KlingTaskKind.TextToVideo, Token));

        await run.StartAsync([Given.Task("1")]);
        await run.OverAsync();

        Assert.Equal(("WaitTimeout", 1, 0.0), (run.ToldErrors.Single(), handler.Seen.Count, run.Now));
        Assert.Contains("a pause of 3600 s", run.Told[0].Outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_without_a_limit_keeps_a_pause_of_any_length_and_says_so_while_it_lasts()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(
            clock, ScriptedHandler.Answer(503, "", ("Retry-After", "5184000")),
            ScriptedHandler.Answer(200, Bodies.Task("1", "succeed")));
        TraceList trace = new();
        using KlingConnection connection = Given.Connection(handler, clock);
        WaitOptions forever = new() { Timeout = TimeSpan.MaxValue };
        TaskWaiter waiter = new KlingClient(connection, trace).Wait(forever, _ => { });
        waiter.Add(Given.Task("1"));
        waiter.CompleteAdding();
        Task wait = waiter.RunAsync(Token);
        while (!waiter.IsResting)
        {
            await Task.Yield();
        }

        Assert.Equal((5_184_000, false), (trace.Waits.Single().Length.TotalSeconds, trace.Waits.Single().IsOver));
        while (!wait.IsCompleted)
        {
            if (waiter.IsResting)
            {
                clock.Advance(TimeSpan.FromHours(12));
            }

            await Task.Yield();
        }

        await wait;
        Assert.InRange((handler.Seen[1].At - Given.Start).TotalDays, 60, 90);
        Assert.True(trace.Waits.First().IsOver);
    }
}
