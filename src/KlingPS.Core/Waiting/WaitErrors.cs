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

    internal static KlingException TimedOut(KlingTask task, KlingException? lastFailure, TimeSpan timeout)
    {
        string polls = task.PollCount == 1 ? "1 poll" : $"{task.PollCount} polls";
        string limit = timeout == TimeSpan.Zero ? "has not finished" : $"did not finish within {timeout.TotalSeconds:0.#} s";
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
