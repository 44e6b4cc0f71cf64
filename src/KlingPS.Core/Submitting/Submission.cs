using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Submitting;

/// <summary>One paid POST, from the first attempt to a task or to the final word on it.</summary>
/// <param name="options">How long to wait, and whether to send what may be paid already.</param>
internal sealed class Submission(
    KlingConnection connection,
    ApiTransport transport,
    IRequestTrace trace,
    SubmissionLog log,
    ApiRequest request,
    SubmitOptions options)
{
    // After cancellation, recording an outcome waits at most this long for other processes.
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(0.5);

    private readonly long _started = connection.Time.GetTimestamp();
    private SlotTicket? _ticket;

    private const string SlotsInUse = "every slot of the account is in use";

    private TimeSpan TimeLeft => options.QueueTimeout - connection.Time.GetElapsedTime(_started);

    /// <exception cref="KlingException">The final word; only what provably created nothing was sent again
    /// before.</exception>
    internal async Task<KlingTask> RunAsync(CancellationToken cancellationToken)
    {
        KlingTask? task = null;
        using CancellationTokenSource unsent = CancellationTokenSource.CreateLinkedTokenSource(
            options.Stopping, cancellationToken);
        try
        {
            // Others wait for a slot and must not be overtaken.
            if (connection.Slots.IsBusy)
            {
                await WaitForSlotAsync(null, unsent.Token).ConfigureAwait(false);
            }

            task = await AskAsync(unsent.Token, cancellationToken).ConfigureAwait(false);
            return task;
        }
        finally
        {
            if (_ticket is not null)
            {
                connection.Slots.Release(granted: task is not null);
            }
        }
    }

    private async Task<KlingTask> AskAsync(CancellationToken unsent, CancellationToken cancellationToken)
    {
        int attempt = 0;
        int ask = 0;
        while (true)
        {
            TimeSpan pause;
            string reason;
            try
            {
                return await SendOnceAsync(unsent, cancellationToken).ConfigureAwait(false);
            }
            catch (KlingException e) when (e.Error == KlingError.ConcurrencyLimited)
            {
                await WaitForSlotAsync(e, unsent).ConfigureAwait(false);
                pause = PauseForSlot(e, ask++);
                reason = SlotsInUse;
            }
            catch (KlingException e) when (e.IsRetryable && attempt < connection.Settings.MaxRetryCount)
            {
                pause = RetryDelay.Before(attempt++, e, TimeLeft, Platform.NextRandom());
                reason = e.WhatHappened;
            }

            await trace.PauseAsync(connection.Time, pause, reason, unsent).ConfigureAwait(false);
        }
    }

    private async Task<KlingTask> SendOnceAsync(CancellationToken unsent, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = connection.Limiter.Enqueue(TimeLeft, trace);
        await lease.WaitUntilDueAsync(unsent).ConfigureAwait(false);
        using TrackedContent content = new(RequestWriter.Write(request.Submission!));
        JournalEntry intent = await connection.Journal
            .RecordIntentAsync(
                request.Submission!, connection.Host, connection.Account, log.Command, options.IsForced, unsent)
            .ConfigureAwait(false);
        log.Add(intent);
        try
        {
            KlingTask task = await SendAsync(lease, content, unsent, cancellationToken).ConfigureAwait(false);
            await RecordAsync(intent, JournalEvent.Created, task.TaskId, null, cancellationToken).ConfigureAwait(false);
            return task;
        }
        catch (OperationCanceledException)
        {
            JournalEvent outcome = content.WasStarted ? JournalEvent.Unknown : JournalEvent.Refused;
            await RecordAsync(intent, outcome, null, JournalEntry.Cancelled, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (KlingException e)
        {
            JournalEvent outcome = e.Submission == SubmissionOutcome.Unknown
                ? JournalEvent.Unknown
                : JournalEvent.Refused;
            await RecordAsync(intent, outcome, e.NamedTaskId, e.ErrorId, cancellationToken).ConfigureAwait(false);
            e.IntentId = intent.Id;
            throw;
        }
    }

    private async Task<KlingTask> SendAsync(
        RateLimitLease lease,
        TrackedContent content,
        CancellationToken unsent,
        CancellationToken cancellationToken)
    {
        await lease.AcquireAsync(unsent).ConfigureAwait(false);
        unsent.ThrowIfCancellationRequested();
        return await transport
            .SendAsync(request, lease, content, connection.Settings.RequestTimeout, cancellationToken)
            .ConfigureAwait(false);
    }

    // The caller must get the answer even when it cannot be recorded.
    private async Task RecordAsync(
        JournalEntry intent,
        JournalEvent outcome,
        string? taskId,
        string? error,
        CancellationToken cancellationToken)
    {
        log.Add(intent with { Event = outcome, TaskId = taskId, Error = error });
        using CancellationTokenSource limit = new();
        using CancellationTokenRegistration last = cancellationToken.Register(() => limit.CancelAfter(LastWrite));
        try
        {
            await connection.Journal.RecordOutcomeAsync(
                intent, outcome, taskId, error, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The journal is busy and the user waits; the intent on disk will be reported.
        }
        catch (KlingException e)
        {
            string what = outcome == JournalEvent.Created
                ? $"Task {taskId} was created, but its id"
                : $"The outcome of a submission ({outcome})";
            trace.Warn(
                $"{what} could not be written to the journal: {e.InnerException?.Message} Write it down yourself.");
        }
    }

    private async Task WaitForSlotAsync(KlingException? refusal, CancellationToken cancellationToken)
    {
        ConcurrencyQueue slots = connection.Slots;
        SlotTicket ticket = _ticket ?? slots.TakeTicket();
        Task<bool> turn = _ticket is null
            ? slots.EnqueueAsync(ticket, TimeLeft, cancellationToken)
            : slots.RequeueAsync(ticket, TimeLeft, cancellationToken);
        _ticket = null;
        using IDisposable? said = turn.IsCompleted ? null : trace.Queueing(TimeLeft, SlotsInUse);
        _ticket = await turn.ConfigureAwait(false) ? ticket : throw QueueTimeout(refusal);
    }

    private TimeSpan PauseForSlot(KlingException refusal, int ask)
    {
        TimeSpan left = TimeLeft;
        if (left <= TimeSpan.Zero)
        {
            throw QueueTimeout(refusal);
        }

        if (refusal.RetryAfter > left)
        {
            throw RetryDelay.TooLong(refusal, refusal.RetryAfter.Value, left);
        }

        TimeSpan pause = ConcurrencyQueue.PauseBefore(ask);
        pause = refusal.RetryAfter > pause ? refusal.RetryAfter.Value : pause;
        return pause < left ? pause : left;
    }

    private KlingException QueueTimeout(KlingException? refusal) =>
        new(
            KlingError.ConcurrencyLimited,
            $"The video was not created: every slot of the account was in use for "
                + $"{options.QueueTimeout.TotalSeconds:0.#} s.",
            refusal)
        {
            HttpStatus = refusal?.HttpStatus,
            ServiceCode = refusal?.ServiceCode,
            ServiceMessage = refusal?.ServiceMessage,
            RequestId = refusal?.RequestId,
            Submission = refusal is null ? SubmissionOutcome.NotSent : SubmissionOutcome.NotCreated,
        };
}
