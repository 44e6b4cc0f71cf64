using KlingPS.Core.Tests.Support;
using KlingPS.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Waiting;

/// <summary>How often is asked, how many at a time, and how often is told.</summary>
public sealed class PaceTests
{
    [Theory]
    [InlineData(0, 0.2, 0.25)]
    [InlineData(1, 0.2, 0.25)]
    [InlineData(10, 0.96, 1.2)]
    [InlineData(60, 5.76, 7.2)]
    [InlineData(100, 8, 10)]
    [InlineData(86_400, 8, 10)]
    public void The_pause_grows_with_the_age_between_two_bounds(double age, double least, double most)
    {
        PollPace pace = new(null);

        Assert.Equal(most, pace.Next(TimeSpan.FromSeconds(age), 0).TotalSeconds, 6);
        Assert.Equal(least, pace.Next(TimeSpan.FromSeconds(age), 1).TotalSeconds, 6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(6, 30)]
    [InlineData(500, 30)]
    public void Failures_in_a_row_double_the_pause_up_to_half_a_minute(int failures, double seconds) =>
        Assert.Equal(seconds, new PollPace(null).AfterFailure(failures, TimeSpan.Zero, 0).TotalSeconds, 6);

    [Fact]
    public void A_failure_never_shortens_the_pause() =>
        Assert.Equal(10, new PollPace(null).AfterFailure(1, TimeSpan.FromHours(1), 0).TotalSeconds, 6);

    [Fact]
    public void A_fixed_interval_is_kept_at_any_age()
    {
        PollPace pace = new(TimeSpan.FromSeconds(3));

        Assert.Equal([3, 3], new[] { pace.Next(TimeSpan.Zero, 0.5), pace.Next(TimeSpan.FromDays(1), 0.5) }.Select(pause => pause.TotalSeconds));
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
    public async Task An_old_task_known_by_its_id_only_is_not_asked_about_like_a_new_one()
    {
        FakeTimeProvider clock = Given.Clock();
        string body = Bodies.Task("1", "processing", Given.Start.AddMinutes(-10));
        ScriptedHandler handler = new(clock, ScriptedHandler.Answer(200, body));
        await using WaitRun run = new(clock, handler);

        await run.StartAsync([KlingTask.FromId("1", KlingTaskKind.TextToVideo, Given.Start)]);
        await run.AdvanceAsync(7.9);

        Assert.Single(handler.Seen);
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

        await wait.Run.StartAsync([.. tasks, Given.Task("done", KlingTaskStatus.Succeed)]);
        WaitProgress atStart = wait.Run.Progress[^1].Progress;
        await wait.Run.AdvanceAsync(40);
        WaitProgress later = wait.Run.Progress[^1].Progress;

        Assert.Equal((5, 4, 0, 1), (atStart.Total, atStart.Submitted, atStart.Failed, atStart.Succeeded));
        Assert.Equal((5, 2, 1, 2), (later.Total, later.Processing, later.Failed, later.Succeeded));
        Assert.InRange(later.Elapsed.TotalSeconds, 38.9, 40.1);
    }

    [Fact]
    public async Task Progress_is_told_at_most_four_times_a_second_and_at_least_once()
    {
        double[] seconds = [.. Enumerable.Range(1, 40).Select(i => i * 0.2)];
        await using SandboxedWait wait = new(null, seconds);

        await wait.Run.StartAsync(await wait.SubmitAsync([.. seconds.Select(_ => "harbour")]));
        await wait.Run.EndAsync();

        double[] told = [.. wait.Run.Progress.Select(progress => progress.At)];
        Assert.All(told.SkipLast(1).Zip(told.SkipLast(1).Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0.249, 1.06));
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
