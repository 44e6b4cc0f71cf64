namespace KlingPS.Waiting;

/// <summary>Wakes one waiting loop; many signals before it looks are one.</summary>
#pragma warning disable CA1001 // A late timer may still signal; without a wait handle there is nothing to dispose.
internal sealed class WakeSignal
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _signal = new(0);
    private int _isSet;

    internal void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _signal.Release();
        }
    }

    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isSet, 0);
    }
}
