namespace KlingPS.Waiting;

/// <summary>The two errors that only a wait can have.</summary>
internal static class WaitErrors
{
    internal static KlingException Failed(KlingTask task) => new(
        KlingError.TaskFailed,
        task.StatusMessage.Length > 0
            ? $"Task {task.TaskId} failed: {task.StatusMessage.TrimEnd('.')}."
            : $"Task {task.TaskId} failed, and the service gave no reason.")
    {
        RequestId = task.RequestId,
        Submission = SubmissionOutcome.Created,
    };

    /// <param name="task">As it was last seen.</param>
    /// <param name="lastFailure">Of its last poll, if that failed.</param>
    /// <param name="timeout">Of the wait.</param>
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
            : left is { } time ? $"cannot be asked about in the {Math.Floor(time.TotalSeconds):0} s left of the wait, "
                + $"because the service asked for a pause of {pause:0} s"
            : $"did not finish within {timeout.TotalSeconds:0.#} s";
        string trouble = lastFailure is null ? "" : $" The last poll failed: {lastFailure.WhatHappened}";
        return new KlingException(
            KlingError.WaitTimeout,
            $"Task {task.TaskId} {limit}: it is {task.Status} after {polls}.{trouble}",
            lastFailure)
        {
            RequestId = task.RequestId,
            Submission = SubmissionOutcome.Created,
        };
    }
}
