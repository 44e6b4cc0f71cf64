namespace KlingPS.Waiting;

/// <summary>How to wait for a set of tasks.</summary>
internal sealed record WaitOptions
{
    /// <summary>After the latest arrival. Zero: look once. <see cref="TimeSpan.MaxValue"/>: no limit.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two polls of a task; null adapts it to the task's age.</summary>
    internal TimeSpan? PollInterval { get; init; }

    /// <summary>The first task to finish ends the wait.</summary>
    internal bool Any { get; init; }

    /// <summary>Requests in flight at most.</summary>
    internal int ThrottleLimit { get; init; } = 16;
}

/// <summary>What became of one task: an end, or an error with the last that was known of it.</summary>
internal sealed record WaitOutcome(KlingTask Task, KlingException? Error);

/// <summary>Where the whole set stands.</summary>
/// <param name="Unknown">No answer yet, or a word we do not know.</param>
/// <param name="Remaining">From the median of the tasks that finished, or null before any did.</param>
internal sealed record WaitProgress(
    int Submitted,
    int Processing,
    int Unknown,
    int Succeeded,
    int Failed,
    TimeSpan Elapsed,
    TimeSpan? Remaining)
{
    internal int Total => Submitted + Processing + Unknown + Succeeded + Failed;

    internal int Finished => Succeeded + Failed;

    /// <summary>For how long nothing has answered, and why; null while the service answers.</summary>
    internal string? Trouble { get; init; }

    /// <summary>The first open tasks, each in one place for as long as it is open; null for an empty place.</summary>
    internal IReadOnlyList<OpenTask?> Open { get; init; } = [];
}

/// <summary>One task of a set that is waited for.</summary>
/// <param name="Remaining">From what tasks of its kind usually take; null once it has taken longer.</param>
internal sealed record OpenTask(KlingTask Task, TimeSpan Age, TimeSpan? Remaining);

/// <summary>The two errors that only a wait can have.</summary>
internal static class WaitErrors
{
    internal static KlingException Failed(KlingTask task) => new(
        KlingError.TaskFailed,
        task.StatusMessage.Length > 0
            ? $"Task {task.TaskId} failed: {task.StatusMessage.TrimEnd('.')}."
            : $"Task {task.TaskId} failed; the service gave no reason.")
    {
        RequestId = task.RequestId,
        Submission = SubmissionOutcome.Created,
    };

    /// <param name="left">Of the time, where the service asked for a longer pause; null where the time is over.</param>
    internal static KlingException TimedOut(
        KlingTask task,
        KlingException? lastFailure,
        TimeSpan timeout,
        TimeSpan? left = null)
    {
        double pause = Math.Ceiling(lastFailure?.RetryAfter?.TotalSeconds ?? 0);
        string polls = task.PollCount == 1 ? "1 poll" : $"{task.PollCount} polls";
        string limit = timeout == TimeSpan.Zero ? "has not finished"
            : left is { } time ? $"cannot be polled again in the {Math.Floor(time.TotalSeconds):0} s left, "
                + $"because the service asked for a pause of {pause:0} s"
            : $"did not finish within {timeout.TotalSeconds:0.#} s";
        string trouble = lastFailure is null ? "" : $" The last poll failed: {lastFailure.WhatHappened}";
        return new KlingException(
            KlingError.WaitTimeout,
            $"Task {task.TaskId} {limit}: it was {task.Status} after {polls}.{trouble}",
            lastFailure)
        {
            RequestId = task.RequestId,
            Submission = SubmissionOutcome.Created,
        };
    }
}

/// <summary>Counts the set by state as it changes, and tells the time to go from the tasks that finished.</summary>
internal sealed class WaitCounters
{
    private readonly Dictionary<KlingTaskStatus, int> _open = [];
    private readonly List<TimeSpan> _durations = [];
    private int _succeeded;
    private int _failed;

    internal void Opened(KlingTaskStatus status) => Count(status, 1);

    internal void Changed(KlingTaskStatus before, KlingTaskStatus after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    /// <summary>An open task leaves the set, finished or given up.</summary>
    internal void Closed(KlingTaskStatus status) => Count(status, -1);

    internal void Finished(KlingTask task)
    {
        if (task.Status != KlingTaskStatus.Succeeded)
        {
            _failed++;
            return;
        }

        _succeeded++;
        int place = _durations.BinarySearch(task.Elapsed);
        _durations.Insert(place < 0 ? ~place : place, task.Elapsed);
    }

    /// <param name="youngestAge">The age of the task that came last, which should end last.</param>
    internal WaitProgress Snapshot(TimeSpan elapsed, TimeSpan youngestAge)
    {
        TimeSpan? left = _durations.Count == 0 ? null : _durations[_durations.Count / 2] - youngestAge;
        return new WaitProgress(
            Open(KlingTaskStatus.Submitted),
            Open(KlingTaskStatus.Processing),
            Open(KlingTaskStatus.Unknown),
            _succeeded,
            _failed,
            elapsed,
            left > TimeSpan.Zero ? left : null);
    }

    private int Open(KlingTaskStatus status) => _open.TryGetValue(status, out int count) ? count : 0;

    private void Count(KlingTaskStatus status, int by) => _open[status] = Open(status) + by;
}

/// <summary>Tells where the set stands at most four times a second, and once a second while nothing happens.</summary>
internal sealed class ProgressThrottle(Action<WaitProgress>? report)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>How long the loop may sleep without showing that time passes; null when nobody looks.</summary>
    internal TimeSpan? Tick => report is null ? null : Idle;

    internal void Report(TimeSpan elapsed, bool now, Func<WaitProgress> look)
    {
        if (report is null || (!now && _last != TimeSpan.MinValue && elapsed - _last < Shortest))
        {
            return;
        }

        _last = elapsed;
        report(look());
    }
}
