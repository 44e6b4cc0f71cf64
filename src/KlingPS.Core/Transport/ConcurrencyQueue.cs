namespace KlingPS.Transport;

/// <summary>
/// The line of submissions waiting for a free slot of the account. After a refusal one of them asks the service at a
/// time, so that a thousand waiting submissions do not ask a thousand times for one slot; each slot granted lets twice
/// as many ask, so that the line is gone soon once the account has room again.
/// </summary>
internal sealed class ConcurrencyQueue(TimeProvider time)
{
    private const int MostAtOnce = 64;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly SortedSet<SlotTicket> _line = [];
    private long _lastNumber;
    private int _asking;
    private int _mayAsk = 1;

    /// <summary>True while somebody waits: who comes now waits behind them.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_lock)
            {
                return _asking + _line.Count > 0;
            }
        }
    }

    internal SlotTicket TakeTicket() => new(Interlocked.Increment(ref _lastNumber));

    /// <summary>Completes when the caller may ask; false when that took longer than allowed.</summary>
    internal Task<bool> EnqueueAsync(SlotTicket ticket, TimeSpan allowed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ticket.Enqueue();
            _line.Add(ticket);
            Admit();
        }

        return WaitAsync(ticket, allowed, cancellationToken);
    }

    /// <summary>For who asked in its turn and was refused: completes when it may ask again.</summary>
    internal Task<bool> RequeueAsync(SlotTicket ticket, TimeSpan allowed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _mayAsk = 1;
            ticket.Enqueue();
            _line.Add(ticket);
            _asking--;
            Admit();
        }

        return WaitAsync(ticket, allowed, cancellationToken);
    }

    /// <summary>Ends the caller's turn.</summary>
    /// <param name="granted">Whether it got a slot, so that others may be free too.</param>
    internal void Release(bool granted)
    {
        lock (_lock)
        {
            _asking--;
            _mayAsk = granted ? Math.Min(2 * _mayAsk, MostAtOnce) : _mayAsk;
            Admit();
            _mayAsk = _asking == 0 ? 1 : _mayAsk;
        }
    }

    /// <summary>How long one in its turn waits before it asks again; the service asks for a second at least.</summary>
    internal static TimeSpan PauseBefore(int ask)
    {
        double seconds = First.TotalSeconds * Math.Pow(1.5, Math.Min(ask, 10));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }

    // In ticket order: a refused request goes before one that never asked.
    private void Admit()
    {
        while (_asking < _mayAsk && _line.Min is { } next)
        {
            _line.Remove(next);
            _asking++;
            next.Grant(true);
        }
    }

    private async Task<bool> WaitAsync(SlotTicket ticket, TimeSpan allowed, CancellationToken cancellationToken)
    {
        if (!ticket.Turn.IsCompleted)
        {
            using CancellationTokenSource limit = time.CancelAfter(allowed > TimeSpan.Zero ? allowed : TimeSpan.Zero);
            using CancellationTokenRegistration late = limit.Token.Register(() => Withdraw(ticket));
            using CancellationTokenRegistration cancelled = cancellationToken.Register(() => Withdraw(ticket));
            await ticket.Turn.ConfigureAwait(false);
        }

        bool isItsTurn = await ticket.Turn.ConfigureAwait(false);
        if (!isItsTurn)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return isItsTurn;
    }

    private void Withdraw(SlotTicket ticket)
    {
        lock (_lock)
        {
            if (_line.Remove(ticket))
            {
                ticket.Grant(false);
            }
        }
    }
}

/// <summary>The place of one submission in the line.</summary>
internal sealed class SlotTicket(long number) : IComparable<SlotTicket>
{
    private TaskCompletionSource<bool> _turn = new();

    /// <summary>True when it is its turn, false when it gave up.</summary>
    internal Task<bool> Turn => _turn.Task;

    // Asynchronously, or the releasing thread would run the continuations of thousands.
    internal void Enqueue() =>
        _turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Grant(bool isItsTurn) => _turn.TrySetResult(isItsTurn);

    /// <inheritdoc/>
    public int CompareTo(SlotTicket? other) => other is null ? 1 : number.CompareTo(other.Number);

    private long Number => number;
}
