using KlingPS.Journal;
using KlingPS.Protocol;

namespace KlingPS.Http;

/// <summary>One paid POST, from the first attempt to a task or to the final word on it.</summary>
internal sealed class Submission(
    KlingConnection connection,
    ApiSender sender,
    IRequestTrace trace,
    ApiCall call,
    TimeSpan queueTimeout)
{
    private readonly long _started = connection.Time.GetTimestamp();
    private SlotTicket? _ticket;

    private TimeSpan TimeLeft => queueTimeout - connection.Time.GetElapsedTime(_started);

    /// <exception cref="KlingException">The final word; only what provably created nothing was sent again before.</exception>
    internal async Task<KlingTask> RunAsync(CancellationToken cancellationToken)
    {
        KlingTask? task = null;
        try
        {
            // Others wait for a slot: asking past them would take it from them.
            if (connection.Slots.IsBusy)
            {
                await StandInLineAsync(null, cancellationToken).ConfigureAwait(false);
            }

            task = await AskAsync(cancellationToken).ConfigureAwait(false);
            return task;
        }
        finally
        {
            if (_ticket is not null)
            {
                connection.Slots.Leave(granted: task is not null);
            }
        }
    }

    private async Task<KlingTask> AskAsync(CancellationToken cancellationToken)
    {
        int attempt = 0;
        int ask = 0;
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await SendOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KlingException e) when (e.Error == KlingError.ConcurrencyLimited)
            {
                await StandInLineAsync(e, cancellationToken).ConfigureAwait(false);
                pause = PauseForSlot(e, ask++);
            }
            catch (KlingException e) when (e.CanResend && attempt < connection.Settings.MaxRetryCount)
            {
                pause = ResendPolicy.PauseBefore(attempt++, e.RetryAfter, Platform.NextRandom());
                trace.Pausing(pause, e.Message);
            }

            await connection.Time.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<KlingTask> SendOnceAsync(CancellationToken cancellationToken)
    {
        await connection.Budget.WaitTurnAsync(cancellationToken).ConfigureAwait(false);
        using TrackedContent content = new(RequestWriter.Write(call.Submission!));
        JournalEntry intent = await connection.Journal
            .BeginAsync(call.Submission!, connection.Host, connection.Account.Own, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            KlingTask task = await SendAsync(content, cancellationToken).ConfigureAwait(false);
            await RecordAsync(intent, JournalStep.Created, task.TaskId).ConfigureAwait(false);
            return task;
        }
        catch (OperationCanceledException)
        {
            JournalStep step = content.WasStarted ? JournalStep.Unknown : JournalStep.Refused;
            await RecordAsync(intent, step, error: JournalEntry.Cancelled).ConfigureAwait(false);
            throw;
        }
        catch (KlingException e)
        {
            JournalStep step = e.Submission == SubmissionOutcome.Unknown ? JournalStep.Unknown : JournalStep.Refused;
            await RecordAsync(intent, step, error: e.ErrorId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<KlingTask> SendAsync(TrackedContent content, CancellationToken cancellationToken)
    {
        ApiReply reply = await sender
            .SendAsync(call, content, connection.Settings.RequestTimeout, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            KlingTask task = ResponseReader.Read(call, reply, connection.Key.Reveal(), connection.Time.GetUtcNow());
            connection.Recent.AddCreated(task);
            return task;
        }
        catch (KlingException e)
        {
            connection.Budget.Heed(e);
            throw;
        }
    }

    // The answer is there: whoever asked must get it, also when it cannot be written down.
    private async Task RecordAsync(JournalEntry intent, JournalStep step, string? taskId = null, string? error = null)
    {
        try
        {
            await connection.Journal.EndAsync(intent, step, taskId, error).ConfigureAwait(false);
        }
        catch (KlingException e)
        {
            string what = taskId is null ? $"The outcome of a submission ({step})" : $"Task {taskId} was created, but its id";
            trace.Warn($"{what} could not be written to the journal: {e.InnerException?.Message} Keep this yourself until the journal can be written again.");
        }
    }

    private async Task StandInLineAsync(KlingException? refusal, CancellationToken cancellationToken)
    {
        SlotQueue slots = connection.Slots;
        SlotTicket ticket = _ticket ?? slots.TakeTicket();
        Task<bool> turn = _ticket is null
            ? slots.EnterAsync(ticket, TimeLeft, cancellationToken)
            : slots.AskAgainAsync(ticket, TimeLeft, cancellationToken);
        _ticket = null;
        _ticket = await turn.ConfigureAwait(false) ? ticket : throw QueueTimeout(refusal);
    }

    private TimeSpan PauseForSlot(KlingException refusal, int ask)
    {
        TimeSpan left = TimeLeft;
        if (left <= TimeSpan.Zero || refusal.RetryAfter > left)
        {
            throw QueueTimeout(refusal);
        }

        TimeSpan pause = SlotQueue.PauseBefore(ask);
        pause = refusal.RetryAfter > pause ? refusal.RetryAfter.Value : pause;
        pause = pause < left ? pause : left;
        trace.Pausing(pause, $"every slot of the account is in use, waiting for one for up to {left.TotalSeconds:0} s more");
        return pause;
    }

    private KlingException QueueTimeout(KlingException? refusal) =>
        new(
            KlingError.ConcurrencyLimited,
            $"{call.Kind} was not created: every slot of the account was in use for {queueTimeout.TotalSeconds:0.#} s.",
            refusal)
        {
            HttpStatus = refusal?.HttpStatus,
            ServiceCode = refusal?.ServiceCode,
            ServiceMessage = refusal?.ServiceMessage,
            RequestId = refusal?.RequestId,
            Submission = refusal is null ? SubmissionOutcome.NotSent : SubmissionOutcome.NotCreated,
        };
}
