namespace KlingPS.Transport;

/// <summary>The place of one request in the line of a <see cref="RateLimiter"/>; disposing of it gives it up.</summary>
internal sealed class RateLimitLease : IDisposable
{
    private readonly RateLimiter _limiter;
    private TaskCompletionSource<bool> _wait = new();

    internal RateLimitLease(RateLimiter limiter, TimeSpan until, IRequestTrace trace)
    {
        _limiter = limiter;
        Until = until;
        Trace = trace;
        Place = new LinkedListNode<RateLimitLease>(this);
    }

    /// <summary>Its place; in no list once it has started or left.</summary>
    internal LinkedListNode<RateLimitLease> Place { get; }

    internal TurnState State { get; private set; }

    /// <summary>When the command's time is over, on the limiter's clock.</summary>
    internal TimeSpan Until { get; }

    internal IRequestTrace Trace { get; }

    /// <summary>The end of the pause that it knows of.</summary>
    internal TimeSpan PauseSaid { get; private set; }

    /// <summary>When the request started, on the limiter's clock.</summary>
    internal TimeSpan StartedAt { get; set; }

    /// <summary>How long it waited for its turn.</summary>
    internal TimeSpan Waited { get; set; }

    /// <summary>Completes when the turn is due within a second, and keeps the place in the line.</summary>
    internal Task WaitUntilDueAsync(CancellationToken cancellationToken) =>
        _limiter.WaitAsync(this, TurnState.WaitingUntilDue, cancellationToken);

    /// <summary>Completes when the request may start, which counts it.</summary>
    internal Task AcquireAsync(CancellationToken cancellationToken) =>
        _limiter.WaitAsync(this, TurnState.WaitingToStart, cancellationToken);

    public void Dispose() => _limiter.Leave(this);

    /// <returns>True when what was wanted has come, false when it is to be wanted again.</returns>
    internal Task<bool> Want(TurnState wanted, TimeSpan pausedUntil)
    {
        // Who is told to prepare writes to the disk, which must not hold up those behind it.
        bool isApart = wanted == TurnState.WaitingUntilDue;
        _wait = new TaskCompletionSource<bool>(
            isApart ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
        State = wanted;
        PauseSaid = pausedUntil;
        return _wait.Task;
    }

    /// <summary>Ends the wait at once, and says how to let go on who waited.</summary>
    internal Action Complete(bool isWhatWasWanted)
    {
        State = TurnState.Preparing;
        TaskCompletionSource<bool> ended = _wait;
        return () => ended.TrySetResult(isWhatWasWanted);
    }

    /// <inheritdoc cref="Complete"/>
    internal Action Fail(KlingException error)
    {
        State = TurnState.Preparing;
        TaskCompletionSource<bool> ended = _wait;
        return () => ended.TrySetException(error);
    }

    internal void Cancel(CancellationToken cancellationToken) => _wait.TrySetCanceled(cancellationToken);
}

/// <summary>What a place in the line is waiting for.</summary>
internal enum TurnState
{
    /// <summary>Nothing: it holds its place, and those behind may start before it.</summary>
    Preparing,

    /// <summary>That its turn is near.</summary>
    WaitingUntilDue,

    /// <summary>That it may start.</summary>
    WaitingToStart,
}
