using System.Text.Json;
using KlingPS.Requests;
using KlingPS.Responses;
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
    internal Task<KlingTask> GetAsync(string taskId, KlingTaskKind kind, CancellationToken cancellationToken)
    {
        taskId = TaskIds.Check(taskId);
        return RetryAsync(
            left => PollAsync(
                taskId, kind, connection.Settings.RequestTimeout, left, default, cancellationToken),
            taskId,
            cancellationToken);
    }

    /// <summary>The same for what is about no single task.</summary>
    /// <param name="read">Finds in the answer what was asked for, given the key; null when it is not there.</param>
    internal Task<T> GetAsync<T>(
        ApiRequest request,
        Func<JsonElement, string, T?> read,
        CancellationToken cancellationToken)
        where T : class => RetryAsync(
            left => SendAsync(
                left,
                lease => _transport.SendAsync(
                    request,
                    lease,
                    null,
                    connection.Settings.RequestTimeout,
                    (response, key) => ResponseReader.Read(request, response, key, body => read(body, key)),
                    cancellationToken),
                default,
                cancellationToken),
            null,
            cancellationToken);

    private async Task<T> RetryAsync<T>(
        Func<TimeSpan, Task<T>> send,
        string? taskId,
        CancellationToken cancellationToken)
    {
        TimeSpan timeout = connection.Settings.RequestTimeout;
        long started = connection.Time.GetTimestamp();
        for (int attempt = 0; ;)
        {
            TimeSpan pause;
            string reason;
            try
            {
                return await send(Left()).ConfigureAwait(false);
            }
            catch (KlingException e) when (taskId is not null && IsNotVisibleYet(e, taskId))
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
    internal Task<KlingTask> PollAsync(
        string taskId,
        KlingTaskKind kind,
        TimeSpan timeout,
        TimeSpan left,
        CancellationToken tooLate,
        CancellationToken cancellationToken,
        Action? sending = null)
    {
        ApiRequest request = ApiRequest.Query(TaskIds.Check(taskId), kind);
        return SendAsync(
            left,
            lease =>
            {
                sending?.Invoke();
                return _transport.SendAsync(request, lease, null, timeout, cancellationToken);
            },
            tooLate,
            cancellationToken);
    }

    // A second time where the first only told that the token had to be renewed.
    private async Task<T> SendAsync<T>(
        TimeSpan left,
        Func<RateLimitLease, Task<T>> send,
        CancellationToken tooLate,
        CancellationToken cancellationToken)
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            using RateLimitLease lease = connection.Limiter.Enqueue(left, trace);
            using (CancellationTokenSource? either = tooLate.CanBeCanceled
                ? CancellationTokenSource.CreateLinkedTokenSource(tooLate, cancellationToken)
                : null)
            {
                await lease.AcquireAsync(either?.Token ?? cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await send(lease).ConfigureAwait(false);
            }
            catch (KlingException e) when (e.IsTokenRenewed && !isSecond)
            {
            }
        }
    }

    /// <summary>
    /// How long tasks of a kind should take in the median, by what earlier waits at this address saw.
    /// </summary>
    internal TimeSpan ExpectedOf(KlingTaskKind kind) =>
        connection.Journal.Expect(
            connection.Host, kind, connection.Settings.ExpectedDuration ?? TaskKinds.Expected);

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
