namespace KlingPS.Core.Tests.Waiting;

/// <summary>How often is asked, how many at a time, and how often is told.</summary>
public sealed class PaceTests
{
    private static readonly PollSchedule Usual = new(null, _ => DurationModel.Expecting(TimeSpan.FromSeconds(230)));

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void A_tenth_of_a_pause_is_random(double random)
    {
        double pause = DurationModel.Expecting(TimeSpan.FromSeconds(230)).Pause(TimeSpan.FromSeconds(200)).TotalSeconds;

        Assert.Equal(
            pause * (0.9 + (0.2 * random)), Usual.Next(default, TimeSpan.FromSeconds(200), random).TotalSeconds, 5);
    }

    [Theory]
    [InlineData(6, 30)]
    [InlineData(500, 30)]
    [InlineData(4, 8)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void Failures_in_a_row_double_the_pause_up_to_half_a_minute(int failures, double seconds)
    {
        PollSchedule quick = new(null, _ => DurationModel.Expecting(TimeSpan.FromSeconds(1)));

        Assert.Equal(seconds, quick.AfterFailure(default, failures, TimeSpan.FromSeconds(1), 0).TotalSeconds, 6);
    }

    [Fact]
    public void A_failure_never_shortens_the_pause() =>
        Assert.Equal(Usual.Next(default, TimeSpan.Zero, 0.5), Usual.AfterFailure(default, 1, TimeSpan.Zero, 0.5));

    [Fact]
    public async Task What_a_wait_saw_of_durations_is_there_for_the_next()
    {
        await using SandboxedWait wait = new(
            null, settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(10) }, 20);

        await wait.Run.StartAsync(await wait.SubmitAsync("harbour"));
        await wait.Run.EndAsync();

        Assert.InRange(wait.Run.Poller.ExpectedOf(KlingTaskKind.TextToVideo).TotalSeconds, 11, 19);
    }

    [Fact]
    public async Task A_look_at_a_task_that_ended_before_says_nothing_to_the_next()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, ScriptedHandler.Answer(200, Bodies.Task("1", "succeed")));
        await using WaitRun run = new(clock, handler);
        TimeSpan before = run.Poller.ExpectedOf(KlingTaskKind.TextToVideo);

        await run.StartAsync([Given.Task("1")]);
        await run.EndAsync();

        Assert.Equal(before, run.Poller.ExpectedOf(KlingTaskKind.TextToVideo));
    }

    [Fact]
    public async Task A_fixed_interval_is_the_distance_between_two_polls()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, ScriptedHandler.Answer(200, Bodies.Task("1", "processing")));
        await using WaitRun run = new(clock, handler, new WaitOptions { PollInterval = TimeSpan.FromSeconds(7) });

        await run.StartAsync([Given.Task("1")]);
        await run.AdvanceAsync(21);

        Assert.Equal([0, 7, 14, 21], handler.Seen.Select(seen => Math.Round((seen.At - Given.Start).TotalSeconds, 1)));
    }

    [Fact]
    public async Task A_task_known_by_its_id_only_is_asked_about_at_once_and_then_by_the_age_the_service_tells()
    {
        FakeTimeProvider clock = Given.Clock();
        string body = Bodies.Task("1", "processing", Given.Start.AddMinutes(-5));
        ScriptedHandler handler = new(clock, ScriptedHandler.Answer(200, body));
        await using WaitRun run = new(
            clock, handler, null, settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(230) });

        await run.StartAsync([KlingTask.FromId("1", KlingTaskKind.TextToVideo, Given.Start)]);
        int atOnce = handler.Seen.Count;
        await run.AdvanceAsync(20);

        Assert.Equal(1, atOnce);
        Assert.InRange(handler.Seen.Count, 2, 4);
    }

    [Fact]
    public async Task A_task_made_here_is_left_alone_until_it_can_have_ended()
    {
        await using SandboxedWait wait = new(
            null, settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(230) }, 230);

        await wait.Run.StartAsync(await wait.SubmitAsync("harbour"));
        await wait.Run.AdvanceAsync(30);
        int early = wait.Polls;
        await wait.Run.EndAsync();

        Assert.Equal(0, early);
        Assert.InRange(wait.Polls, 10, 26);
        Assert.InRange(wait.Run.Now, 230, 240);
    }

    [Fact]
    public async Task A_timeout_of_zero_looks_once_at_a_task_just_made()
    {
        await using SandboxedWait wait = new(new WaitOptions { Timeout = TimeSpan.Zero }, 230);

        await wait.Run.StartAsync(await wait.SubmitAsync("harbour"));

        Assert.Equal((1, true), (wait.Polls, wait.Run.IsOver));
    }

    [Fact]
    public async Task A_timeout_shorter_than_the_first_pause_still_looks_before_it_gives_up()
    {
        await using SandboxedWait wait = new(
            new WaitOptions { Timeout = TimeSpan.FromSeconds(5) },
            settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(230) }, 4);

        await wait.Run.StartAsync(await wait.SubmitAsync("harbour"));
        await wait.Run.EndAsync();

        Assert.Equal((1, null), (wait.Polls, wait.Run.ToldErrors.Single()));
    }

    [Fact]
    public async Task A_set_that_takes_half_as_long_as_expected_is_soon_asked_about_accordingly()
    {
        double[] seconds = [.. Enumerable.Range(0, 40).Select(i => 60 + (3.0 * i))];
        await using SandboxedWait wait = new(
            null, settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(600) }, seconds);

        await wait.Run.StartAsync(await wait.SubmitAsync([.. seconds.Select(_ => "harbour")]));
        await wait.Run.EndAsync();

        double[] delays = [.. wait.Run.Told.Zip(seconds, (told, end) => told.At - end)];
        Assert.InRange(delays.Skip(20).Average(), 0, 6);
    }

    [Fact]
    public async Task A_full_budget_starves_no_task()
    {
        double[] seconds = [.. Enumerable.Range(0, 60).Select(i => 40 + (i * 37 % 60 * 2.0))];
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler.Step byTask = (request, token) =>
        {
            string id = request.RequestUri!.Segments[^1];
            bool ended =
                (clock.GetUtcNow() - Given.Start).TotalSeconds >= seconds[int.Parse(id, CultureInfo.InvariantCulture)];
            return ScriptedHandler.Answer(200, Bodies.Task(id, ended ? "succeed" : "processing"))(request, token);
        };
        await using WaitRun run = new(
            clock, new ScriptedHandler(clock, byTask), null,
            settings => settings with { MaxRequestsPerSec = 2, ExpectedDuration = TimeSpan.FromSeconds(100) });

        await run.StartAsync(seconds.Select((_, i) => Given.Task($"{i}")));
        await run.EndAsync();

        double latest = run.Told.Max(
            told => told.At - seconds[int.Parse(told.Outcome.Task.TaskId, CultureInfo.InvariantCulture)]);
        Assert.InRange(latest, 0, 1.3 * RoundRobin.Delays(seconds, 2).Max());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_requests_are_in_flight_than_the_throttle_allows(int limit)
    {
        ScriptedHandler handler = new(TimeProvider.System, ScriptedHandler.Never());
        await using WaitRun run = new(Given.Clock(), handler, new WaitOptions { ThrottleLimit = limit });

        await run.StartAsync(Enumerable.Range(0, 20).Select(i => Given.Task($"{i}")));
        await run.AdvanceAsync(60);

        Assert.Equal((limit, limit), (handler.InFlight, handler.MostInFlight));
    }

    [Fact]
    public async Task Hundreds_of_tasks_are_asked_about_within_the_bound_of_the_connection()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler.Step done = (request, token) =>
            ScriptedHandler.Answer(200, Bodies.Task(request.RequestUri!.Segments[^1], "succeed"))(request, token);
        ScriptedHandler handler = new(clock, done);
        await using WaitRun run = new(clock, handler, null, settings => settings with { MaxRequestsPerSec = 20 });

        await run.StartAsync(Enumerable.Range(0, 200).Select(i => Given.Task($"{i}")));
        await run.EndAsync();

        double[] starts = [.. handler.Seen.Select(seen => (seen.At - Given.Start).TotalSeconds)];
        Assert.Equal((200, 200), (starts.Length, run.Told.Count));
        Assert.All(starts.Zip(starts.Skip(20)), pair => Assert.True(pair.Second - pair.First > 0.999, $"{pair}"));
        Assert.InRange(run.Now, 9, 10);
    }

    [Fact]
    public async Task Progress_counts_the_set_by_state()
    {
        await using SandboxedWait wait = new(null, 100, 100, 2, 2);
        KlingTask[] tasks = await wait.SubmitAsync("slow", "slow", "quick", "[sandbox:fail]");

        await wait.Run.StartAsync([.. tasks, Given.Task("done", KlingTaskStatus.Succeeded)]);
        WaitProgress atStart = wait.Run.Progress[^1].Progress;
        await wait.Run.AdvanceAsync(40);
        WaitProgress later = wait.Run.Progress[^1].Progress;

        Assert.Equal((5, 4, 0, 1), (atStart.Total, atStart.Submitted, atStart.Failed, atStart.Succeeded));
        Assert.Equal((5, 2, 1, 2), (later.Total, later.Processing, later.Failed, later.Succeeded));
        Assert.InRange(later.Elapsed.TotalSeconds, 38.9, 40.1);
    }

    [Fact]
    public async Task Progress_shows_the_first_open_tasks_each_in_its_place()
    {
        await using SandboxedWait wait = new(null, 100, 10, 100, 100, 100, 100, 100);
        KlingTask[] tasks = await wait.SubmitAsync("a", "b", "c", "d", "e", "f", "g");

        await wait.Run.StartAsync(tasks);
        Assert.Equal([0, 1, 2, 3, 4], Places());
        await wait.Run.AdvanceAsync(40);
        Assert.Equal([0, 5, 2, 3, 4], Places());
        OpenTask first = wait.Run.Progress[^1].Progress.Open[0]!;
        Assert.Equal(KlingTaskStatus.Processing, first.Task.Status);
        Assert.InRange(first.Age.TotalSeconds, 38.9, 40.1);
        await wait.Run.EndAsync();
        Assert.All(wait.Run.Progress[^1].Progress.Open, Assert.Null);

        int[] Places() =>
        [
            .. wait.Run.Progress[^1].Progress.Open.Select(
                open => Array.FindIndex(tasks, task => task.TaskId == open!.Task.TaskId)),
        ];
    }

    [Fact]
    public async Task Progress_is_told_at_most_four_times_a_second_and_at_least_once()
    {
        double[] seconds = [.. Enumerable.Range(1, 40).Select(i => i * 0.2)];
        await using SandboxedWait wait = new(null, seconds);

        await wait.Run.StartAsync(await wait.SubmitAsync([.. seconds.Select(_ => "harbour")]));
        await wait.Run.EndAsync();

        double[] told = [.. wait.Run.Progress.Select(progress => progress.At)];
        Assert.All(
            told.SkipLast(1).Zip(told.SkipLast(1).Skip(1)),
            pair => Assert.InRange(pair.Second - pair.First, 0.249, 1.06));
        Assert.Equal(40, wait.Run.Progress[^1].Progress.Finished);
    }

    [Fact]
    public async Task The_time_to_go_comes_from_the_tasks_that_finished()
    {
        await using SandboxedWait wait = new(null, 10, 100);
        await wait.Run.StartAsync(await wait.SubmitAsync("first"), complete: false);
        await wait.Run.AdvanceAsync(5);
        bool isKnownBefore = wait.Run.Progress[^1].Progress.Remaining is not null;
        await wait.Run.AddAsync((await wait.SubmitAsync("second"))[0]);
        await wait.Run.AdvanceAsync(7);

        Assert.False(isKnownBefore);
        Assert.InRange(wait.Run.Progress[^1].Progress.Remaining!.Value.TotalSeconds, 2, 6);
    }
}
