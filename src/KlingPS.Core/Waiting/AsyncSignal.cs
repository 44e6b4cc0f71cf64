namespace KlingPS.Waiting;

/// <summary>Wakes one waiting loop; many signals before it looks are one.</summary>
#pragma warning disable CA1001 // A late timer may still signal; without a wait handle there is nothing to dispose.
internal sealed class AsyncSignal
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _signal = new(0);
    private int _isSet;
    private volatile bool _isAwaited;
    private volatile int _wakes;

    /// <summary>The loop has nothing to do until somebody signals.</summary>
    internal bool IsResting
    {
        get
        {
            // Awaited before it woke and unset after it did would be two moments, not one.
            int wakes = _wakes;
            return _isAwaited && Volatile.Read(ref _isSet) == 0 && wakes == _wakes;
        }
    }

    internal void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _signal.Release();
        }
    }

    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        _isAwaited = true;
        await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isAwaited = false;
        _wakes++;
        Volatile.Write(ref _isSet, 0);
    }
}
