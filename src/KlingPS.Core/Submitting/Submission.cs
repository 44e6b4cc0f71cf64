using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Submitting;

/// <summary>One paid POST, from the first attempt to a task or to the final word on it.</summary>
/// <param name="query">Asks the service for a task by its id or by an external id; free.</param>
/// <param name="find">Asks the service for the task of a submission whose outcome is unknown; free.</param>
/// <param name="given">What to send.</param>
/// <param name="options">How long to wait, and what may be sent.</param>
internal sealed class Submission(
    KlingConnection connection,
    ApiTransport transport,
    Func<string, KlingTaskKind, CancellationToken, Task<KlingTask>> query,
    Func<JournalEntry, CancellationToken, Task<FoundTask>> find,
    IRequestTrace trace,
    SubmissionLog log,
    SubmitRequest given,
    SubmitOptions options)
{
    private const string SlotsInUse = "every slot of the account is in use";

    // After cancellation, recording an outcome waits at most this long for other processes.
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(0.5);

    // How often another's submission is looked at.
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(0.1);

    private readonly long _started = connection.Time.GetTimestamp();
    private readonly RequestFingerprint _fingerprint = new(given);
    private SubmitRequest _request = given;
    private JournalEntry? _intent;
    private bool _isPaid;
    private string? _replaces;
    private SlotTicket? _ticket;
    private IDisposable? _queueing;

    private TimeSpan TimeLeft => options.QueueTimeout - connection.Time.GetElapsedTime(_started);

    private ClaimRules Rules => new(connection.Host, connection.Account, log.Command)
    {
        IsForced = options.IsForced,
        IsOnce = options.IsOnce,
        Replaces = _replaces,
        DailyLimit = options.DailyLimit,
        RequestTimeout = connection.Settings.RequestTimeout,
    };

    /// <exception cref="KlingException">The final word; only what provably created nothing was sent again
    /// before.</exception>
    internal async Task<KlingTask> RunAsync(CancellationToken cancellationToken)
    {
        KlingTask? task = null;
        using CancellationTokenSource unsent = CancellationTokenSource.CreateLinkedTokenSource(
            options.Stopping, cancellationToken);
        try
        {
            if (options.IsOnce)
            {
                DeriveExternalId();
                // Before it waits for a slot and for its turn in the rate: what is paid already needs neither.
                while (connection.Journal.Find(_request, _fingerprint, Rules) is { } existing)
                {
                    if (await TakeAsync(existing, unsent.Token).ConfigureAwait(false) is { } known)
                    {
                        return known;
                    }
                }
            }

            if (options.Complete is { } complete)
            {
                _request = await complete(_request, unsent.Token).ConfigureAwait(false);
            }

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
            _queueing?.Dispose();
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
        bool isSecondToken = false;
        while (true)
        {
            TimeSpan pause;
            string reason;
            try
            {
                if (await SendOnceAsync(unsent, cancellationToken).ConfigureAwait(false) is { } task)
                {
                    return task;
                }

                continue;
            }
            catch (KlingException e) when (e.IsTokenRenewed && !isSecondToken)
            {
                // A request refused for an expired token has created nothing.
                isSecondToken = true;
                continue;
            }
            catch (KlingException e) when (e.Error == KlingError.ExternalIdTaken && options.IsOnce)
            {
                if (await TakeFromOtherMachineAsync(e, unsent).ConfigureAwait(false) is { } task)
                {
                    return task;
                }

                continue;
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

    /// <returns>Null when nothing was sent, and it has to be tried again.</returns>
    private async Task<KlingTask?> SendOnceAsync(CancellationToken unsent, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = connection.Limiter.Enqueue(TimeLeft, trace);
        await lease.WaitUntilDueAsync(unsent).ConfigureAwait(false);
        if (!connection.Budget.TryReserve())
        {
            await WaitForOthersAsync(null, unsent).ConfigureAwait(false);
            return null;
        }

        _isPaid = false;
        try
        {
            Claim claim = await connection.Journal
                .ClaimAsync(_request, _fingerprint, Rules, unsent).ConfigureAwait(false);
            if (!claim.IsNew)
            {
                return await TakeAsync(claim, unsent).ConfigureAwait(false);
            }

            _intent = claim.Entry;
            log.Add(claim.Entry);
            return await SendAndRecordAsync(claim.Entry, lease, unsent, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            connection.Budget.Settle(_isPaid);
        }
    }

    private async Task<KlingTask> SendAndRecordAsync(
        JournalEntry intent,
        RateLimitLease lease,
        CancellationToken unsent,
        CancellationToken cancellationToken)
    {
        using TrackedContent content = new(RequestWriter.Write(_request));
        try
        {
            KlingTask task = await SendAsync(lease, content, unsent, cancellationToken).ConfigureAwait(false);
            _isPaid = true;
            await RecordAsync(intent, JournalEvent.Created, task.TaskId, null, cancellationToken).ConfigureAwait(false);
            return task;
        }
        catch (OperationCanceledException)
        {
            _isPaid = content.WasStarted;
            JournalEvent outcome = _isPaid ? JournalEvent.Unknown : JournalEvent.Refused;
            await RecordAsync(intent, outcome, null, JournalEntry.Cancelled, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (KlingException e)
        {
            _isPaid = e.Submission == SubmissionOutcome.Unknown;
            JournalEvent outcome = _isPaid ? JournalEvent.Unknown : JournalEvent.Refused;
            await RecordAsync(intent, outcome, e.NamedTaskId, e.ErrorId, cancellationToken).ConfigureAwait(false);
            e.IntentId = intent.Id;
            throw;
        }
    }

    // The same on every machine, so that the service refuses the second.
    private void DeriveExternalId()
    {
        if (_request.ExternalId is null && Providers.Provider.TakesExternalId(_request.Kind))
        {
            string? name = _request.IsNameInherited ? null : _request.Name;
            _request = _request.WithExternalId(_fingerprint.Derive(name)) ?? _request;
        }
    }

    /// <summary>Takes the task of an earlier submission instead of sending.</summary>
    /// <returns>Null when the journal has to be looked at again.</returns>
    private async Task<KlingTask?> TakeAsync(Claim claim, CancellationToken token)
    {
        if (claim.IsInFlight)
        {
            await WaitForOthersAsync(claim.IsAtLimit ? null : claim.Entry, token).ConfigureAwait(false);
            return null;
        }

        if (claim.Entry.Event != JournalEvent.Created)
        {
            return await SettleAsync(claim.Entry, token).ConfigureAwait(false);
        }

        KlingTask task = await query(claim.Entry.TaskId!, claim.Entry.Kind, token).ConfigureAwait(false);
        return Reuse(task, claim.Entry);
    }

    /// <returns>Null when another task is to be paid for in its place.</returns>
    private KlingTask? Reuse(KlingTask task, JournalEntry known)
    {
        if (task.Status != KlingTaskStatus.Failed || !options.RetriesFailed)
        {
            return connection.Recent.Add(task.With(known.Details).With(_request.Details)) with { IsReused = true };
        }

        _replaces = task.TaskId;
        if (known.ExternalTaskId is { } externalId && IsOfThisWork(externalId))
        {
            _request = _request.WithExternalId(Next(externalId)) ?? _request;
        }

        return null;
    }

    private bool IsOfThisWork(string externalId) =>
        _request.ExternalId is { } own && externalId.Split('~')[0] == own.Split('~')[0];

    private static string Next(string externalId)
    {
        string[] parts = externalId.Split('~');
        return parts.Length > 1 && int.TryParse(
            parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? $"{parts[0]}~{number + 1}"
                : $"{externalId}~2";
    }

    // As Resolve-KlingIntent does, but for what fits only by its time and its parent: a person has to look at that.
    // What the service does not have long after it was sent, it never got.
    private async Task<KlingTask?> SettleAsync(JournalEntry open, CancellationToken token)
    {
        FoundTask found;
        try
        {
            found = await find(open, token).ConfigureAwait(false);
        }
        catch (KlingException e) when (e.Error == KlingError.TaskNotFound && open.TaskId is null)
        {
            TimeSpan timeout = open.TimeoutSeconds is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : SubmitOptions.UsualTimeout;
            DateTimeOffset latestArrival = open.At + timeout + SubmitOptions.OnItsWay;
            if (connection.Time.GetUtcNow() < latestArrival)
            {
                throw new KlingException(
                    KlingError.MayBePaidAlready, TaskJournal.MayBePaidAlready(open).WhatHappened, e)
                {
                    Action = "The request may still reach the service. Run the command again after "
                        + $"{latestArrival.LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}.",
                };
            }

            await connection.Journal
                .RecordOutcomeAsync(open, JournalEvent.Refused, null, e.ErrorId, token).ConfigureAwait(false);
            return null;
        }
        catch (KlingException e)
        {
            throw TaskJournal.MayBePaidAlready(open, e);
        }

        if (found.IsByListAlone)
        {
            string fits = TaskJournal.MayBePaidAlready(open).WhatHappened.TrimEnd('.');
            throw new KlingException(
                KlingError.MayBePaidAlready, $"{fits}: {found.Task.TaskId} fits, unless another machine made it.")
            {
                Action = $"Look at task {found.Task.TaskId}, then take it with Resolve-KlingIntent, or settle the "
                    + "submission with Clear-KlingIntent.",
            };
        }

        await log.AddFoundAsync(open, found, token).ConfigureAwait(false);
        return Reuse(found.Task, open);
    }

    // The external id is taken: another machine has paid for the same work.
    private async Task<KlingTask?> TakeFromOtherMachineAsync(KlingException taken, CancellationToken token)
    {
        string id = _request.ExternalId!;
        KlingTask task;
        try
        {
            task = await query(id, _request.Kind, token).ConfigureAwait(false);
        }
        catch (KlingException e)
        {
            throw new KlingException(KlingError.ExternalIdTaken, taken.WhatHappened, e)
            {
                Submission = SubmissionOutcome.NotCreated,
                Action = $"The work was paid for already, but the service does not return its task by the external id "
                    + $"'{id}'; take the task from the machine that made it.",
            };
        }

        if (Reuse(task, _intent!) is not { } reused)
        {
            return null;
        }

        await connection.Journal.RecordFoundAsync(_intent!, task.TaskId, token).ConfigureAwait(false);
        return reused;
    }

    // For the answer to a submission of another command, or of another row.
    private async Task WaitForOthersAsync(JournalEntry? open, CancellationToken token)
    {
        _queueing ??= trace.Queueing(TimeLeft, "another submission is in flight");
        if (TimeLeft <= TimeSpan.Zero)
        {
            throw open is null
                ? new KlingException(
                    KlingError.SpendLimitReached,
                    $"Nothing was sent: for {options.QueueTimeout.TotalSeconds:0.#} s, submissions in flight held the "
                        + "last places below the spending limit.")
                : TaskJournal.MayBePaidAlready(open);
        }

        await connection.Time.DelayAsync(NextLook, token).ConfigureAwait(false);
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
            .SendAsync(
                ApiRequest.Submit(_request), lease, content, connection.Settings.RequestTimeout, cancellationToken)
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
