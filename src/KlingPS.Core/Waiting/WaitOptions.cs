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
/// <param name="Submitted">Accepted, not started.</param>
/// <param name="Processing">Being generated.</param>
/// <param name="Unknown">No answer yet, or a word we do not know.</param>
/// <param name="Succeeded">Finished with a video.</param>
/// <param name="Failed">Finished without, or given up.</param>
/// <param name="Elapsed">Since the wait began.</param>
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
}
