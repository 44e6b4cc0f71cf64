using System.Runtime.CompilerServices;

namespace KlingPS.Core.Tests.Waiting;

/// <summary>A whole set under one clock, told in the order it ends.</summary>
public sealed class OrderTests
{
    [Fact]
    public async Task Tasks_are_told_in_the_order_they_end_and_the_whole_ends_with_the_longest()
    {
        await using SandboxedWait wait = new(null, 8, 1, 1);
        KlingTask[] tasks = await wait.SubmitAsync("slow", "quick", "quick");

        await wait.Run.StartAsync(tasks);
        await wait.Run.EndAsync();

        Assert.Equal(tasks.Select(task => task.TaskId).Order(), wait.Run.ToldIds.Order());
        Assert.Equal(tasks[0].TaskId, wait.Run.ToldIds.Last());
        Assert.All(
            wait.Run.Told,
            told => Assert.Equal((KlingTaskStatus.Succeeded, null), (told.Outcome.Task.Status, told.Outcome.Error)));
        Assert.InRange(wait.Run.Told[1].At, 1, 1.4);
        Assert.InRange(wait.Run.Now, 8, 9);
    }

    [Fact]
    public async Task A_finished_task_passes_without_a_request()
    {
        await using SandboxedWait wait = new(null);

        await wait.Run.StartAsync([Given.Task("1", KlingTaskStatus.Succeeded)]);

        Assert.True(wait.Run.IsOver);
        Assert.Equal(("1", 0), (wait.Run.ToldIds.Single(), wait.Polls));
    }

    [Fact]
    public async Task A_task_that_fails_while_waited_for_is_told_as_an_error_with_the_task()
    {
        await using SandboxedWait wait = new(null, 2);
        KlingTask[] tasks = await wait.SubmitAsync("[sandbox:fail]");

        await wait.Run.StartAsync(tasks);
        await wait.Run.EndAsync();

        WaitOutcome outcome = wait.Run.Told.Single().Outcome;
        Assert.Equal(("TaskFailed", KlingTaskStatus.Failed), (outcome.Error?.ErrorId, outcome.Task.Status));
        Assert.Contains(outcome.Task.StatusMessage, outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_given_twice_is_polled_and_told_once()
    {
        await using SandboxedWait twice = new(new WaitOptions { PollInterval = TimeSpan.FromSeconds(1) }, 3);
        KlingTask task = (await twice.SubmitAsync("harbour")).Single();

        await twice.Run.StartAsync([task, task], complete: false);
        int pollsOfTheFirstLook = twice.Polls;
        await twice.Run.AddAsync(task);
        await twice.Run.CompleteAddingAsync();
        await twice.Run.EndAsync();

        Assert.Equal(1, pollsOfTheFirstLook);
        Assert.Single(twice.Run.Told);
    }

    [Fact]
    public async Task A_task_added_while_others_are_waited_for_joins_them()
    {
        await using SandboxedWait wait = new(null, 6, 1);
        KlingTask[] slow = await wait.SubmitAsync("slow");
        await wait.Run.StartAsync(slow, complete: false);
        await wait.Run.AdvanceAsync(2);
        KlingTask[] quick = await wait.SubmitAsync("quick");

        await wait.Run.AddAsync(quick[0]);
        await wait.Run.CompleteAddingAsync();
        await wait.Run.EndAsync();

        Assert.Equal([quick[0].TaskId, slow[0].TaskId], wait.Run.ToldIds);
        Assert.InRange(wait.Run.Told[0].At, 3, 3.5);
    }

    [Fact]
    public async Task What_was_told_is_not_kept_while_others_are_waited_for()
    {
        double[] seconds = [30, .. Enumerable.Repeat(1.0, 20)];
        await using SandboxedWait wait = new(null, seconds);
        await wait.Run.StartAsync(await wait.SubmitAsync([.. seconds.Select((_, i) => $"{i}")]), complete: false);
        await wait.Run.AdvanceAsync(3);
        Assert.Equal(20, wait.Run.Told.Count);
        WeakReference[] told = LetGo(wait.Run);

        GC.Collect();

        Assert.DoesNotContain(told, task => task.IsAlive);
        Assert.False(wait.Run.IsOver);
    }

    // Apart, so that no local of the test keeps them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] LetGo(WaitRun run)
    {
        WeakReference[] told = [.. run.Told.Select(told => new WeakReference(told.Outcome.Task))];
        run.Told.Clear();
        run.Progress.Clear();
        return told;
    }

    [Fact]
    public async Task Without_the_word_that_no_more_comes_the_wait_goes_on()
    {
        await using SandboxedWait wait = new(null, 1);
        await wait.Run.StartAsync(await wait.SubmitAsync("quick"), complete: false);

        await wait.Run.AdvanceAsync(10);
        bool isOverBefore = wait.Run.IsOver;
        await wait.Run.CompleteAddingAsync();

        Assert.Equal((false, true, 1), (isOverBefore, wait.Run.IsOver, wait.Run.Told.Count));
    }

    [Fact]
    public async Task The_task_says_how_often_it_was_asked_about()
    {
        await using SandboxedWait wait = new(new WaitOptions { PollInterval = TimeSpan.FromSeconds(1) }, 3.5);

        await wait.Run.StartAsync(
            [.. (await wait.SubmitAsync("harbour")).Select(task => task with { PollCount = 99 })]);
        await wait.Run.EndAsync();

        Assert.Equal(wait.Polls, wait.Run.Told.Single().Outcome.Task.PollCount);
        Assert.Equal(5, wait.Polls);
    }

    [Fact]
    public async Task Any_ends_with_the_first_and_tells_nothing_else()
    {
        await using SandboxedWait wait = new(new WaitOptions { Any = true }, 8, 1, 1);
        KlingTask[] tasks = await wait.SubmitAsync("slow", "quick", "quick");

        await wait.Run.StartAsync(tasks, complete: false);
        await wait.Run.EndAsync();

        Assert.Contains(wait.Run.ToldIds.Single(), tasks.Skip(1).Select(task => task.TaskId));
        Assert.True(wait.Run.Waiter.IsDecided);
        Assert.InRange(wait.Run.Now, 1, 1.4);
    }

    [Fact]
    public async Task Any_ends_with_the_first_also_when_it_fails()
    {
        await using SandboxedWait wait = new(new WaitOptions { Any = true }, 8, 1);
        KlingTask[] tasks = await wait.SubmitAsync("slow", "[sandbox:fail]");

        await wait.Run.StartAsync(tasks);
        await wait.Run.EndAsync();

        Assert.Equal((tasks[1].TaskId, "TaskFailed"), (wait.Run.ToldIds.Single(), wait.Run.ToldErrors.Single()));
    }

    [Fact]
    public async Task Any_with_a_finished_task_asks_nothing()
    {
        await using SandboxedWait wait = new(new WaitOptions { Any = true });

        await wait.Run.StartAsync(
            [Given.Task("1", KlingTaskStatus.Succeeded), Given.Task("2"), Given.Task("3", KlingTaskStatus.Succeeded)]);

        Assert.Equal(("1", 0, true), (wait.Run.ToldIds.Single(), wait.Polls, wait.Run.IsOver));
    }
}
