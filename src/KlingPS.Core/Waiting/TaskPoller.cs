using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Waiting;

/// <summary>Queries tasks, and keeps what queries say of how long tasks take.</summary>
internal sealed class TaskPoller(KlingConnection connection, IRequestTrace trace)
{
    private readonly ApiTransport _transport = new(connection, trace);

    internal KlingConnection Connection => connection;

    internal IRequestTrace Trace => trace;

    /// <summary>Queries one task, again where an error passes and no pause beyond the timeout is asked for.</summary>
    /// <exception cref="KlingException">The last error.</exception>
    internal async Task<KlingTask> GetAsync(string taskId, KlingTaskKind kind, CancellationToken cancellationToken)
    {
        taskId = TaskIds.Check(taskId);
        TimeSpan timeout = connection.Settings.RequestTimeout;
        long started = connection.Time.GetTimestamp();
        for (int attempt = 0; ;)
        {
            TimeSpan pause;
            string reason;
            try
            {
                return await PollAsync(taskId, kind, timeout, Left(), default, cancellationToken).ConfigureAwait(false);
            }
            catch (KlingException e) when (IsNotVisibleYet(e, taskId))
            {
                pause = RetryDelay.Before(0, e, Left(), 0);
                reason = $"the service does not have task {taskId} yet";
            }
            catch (KlingException e) when (e.IsRetryable && attempt < connection.Settings.MaxRetryCount)
            {
                pause = RetryDelay.Before(attempt++, e, Left(), Platform.NextRandom());
                reason = e.WhatHappened;
            }

            await trace.PauseAsync(connection.Time, pause, reason, cancellationToken).ConfigureAwait(false);
        }

        TimeSpan Left() => timeout - connection.Time.GetElapsedTime(started);
    }

    /// <summary>Queries one task once.</summary>
    /// <param name="left">The time of the command: a longer pause of the service is an error at once.</param>
    /// <param name="sending">Called when the request has had its turn.</param>
    internal async Task<KlingTask> PollAsync(
        string taskId,
        KlingTaskKind kind,
        TimeSpan timeout,
        TimeSpan left,
        CancellationToken tooLate,
        CancellationToken cancellationToken,
        Action? sending = null)
    {
        using RateLimitLease lease = connection.Limiter.Enqueue(left, trace);
        using (CancellationTokenSource? either = tooLate.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(tooLate, cancellationToken)
            : null)
        {
            await lease.AcquireAsync(either?.Token ?? cancellationToken).ConfigureAwait(false);
        }

        sending?.Invoke();
        return await _transport
            .SendAsync(ApiRequest.Query(TaskIds.Check(taskId), kind), lease, null, timeout, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// How long tasks of a kind should take in the median, by what earlier waits at this address saw.
    /// </summary>
    internal TimeSpan ExpectedOf(KlingTaskKind kind) =>
        connection.Journal.Expect(
            connection.Host, kind, connection.Settings.ExpectedDuration ?? TaskKinds.ExpectedOf(kind));

    /// <summary>Keeps what a wait saw for the next.</summary>
    internal async Task SaveDurationsAsync(
        IEnumerable<(KlingTaskKind Kind, TimeSpan Median, int Ended)> seen,
        CancellationToken cancellationToken)
    {
        try
        {
            foreach ((KlingTaskKind kind, TimeSpan median, int ended) in seen)
            {
                await connection.Journal.RecordDurationAsync(
                    connection.Host, kind, median, ended, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (KlingException e) when (e.Error == KlingError.JournalNotWritable)
        {
            // Only the next wait's first estimate would have been better.
        }
    }

    /// <summary>A task of ours so young that "not found" is not believed.</summary>
    internal bool IsNotVisibleYet(KlingException e, string taskId) =>
        e.Error == KlingError.TaskNotFound
            && (connection.Recent.IsYoung(taskId) || connection.Journal.IsNotVisibleYet(taskId, connection.Host));
}
