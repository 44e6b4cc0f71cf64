namespace KlingPS.Http;

/// <summary>
/// The line of submissions waiting for a free slot of the account. Only the first in line asks the service, so that a
/// thousand waiting submissions do not ask a thousand times for one slot.
/// </summary>
internal sealed class SlotQueue : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _front = new(1, 1);
    private readonly TimeProvider _time;
    private int _waiting;

    internal SlotQueue(TimeProvider time) => _time = time;

    /// <summary>True while somebody waits: who comes now stands behind them.</summary>
    internal bool IsBusy => Volatile.Read(ref _waiting) > 0;

    /// <summary>Completes when the caller is first in line; false when that took longer than allowed.</summary>
    internal async Task<bool> EnterAsync(TimeSpan allowed, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        using CancellationTokenSource limit = _time.CancelAfter(allowed > TimeSpan.Zero ? allowed : TimeSpan.Zero);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _front.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _waiting);
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    internal void Leave()
    {
        Interlocked.Decrement(ref _waiting);
        _front.Release();
    }

    /// <summary>How long the first in line waits before it asks again; the service asks for a second at least.</summary>
    internal static TimeSpan PauseBefore(int ask)
    {
        double seconds = First.TotalSeconds * Math.Pow(1.5, Math.Min(ask, 10));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }

    public void Dispose() => _front.Dispose();
}
