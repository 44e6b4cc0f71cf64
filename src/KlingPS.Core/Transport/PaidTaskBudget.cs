namespace KlingPS.Transport;

/// <summary>How many tasks a connection may still pay for. Safe from any thread.</summary>
/// <param name="limit">Null for no limit.</param>
internal sealed class PaidTaskBudget(int? limit)
{
    private readonly object _lock = new();
    private int _paid;
    private int _inFlight;

    /// <summary>Reserves one, until <see cref="Settle"/>.</summary>
    /// <returns>False while submissions in flight hold the last ones, which may give them back.</returns>
    /// <exception cref="KlingException">SpendLimitReached.</exception>
    internal bool TryReserve()
    {
        lock (_lock)
        {
            if (limit is { } most && _paid >= most)
            {
                throw new KlingException(
                    KlingError.SpendLimitReached,
                    $"Nothing was sent: this connection has used its {most} paid tasks.");
            }

            bool isFree = limit is null || _paid + _inFlight < limit;
            _inFlight += isFree ? 1 : 0;
            return isFree;
        }
    }

    /// <param name="isPaid">False when nothing was created; an unknown outcome counts as paid.</param>
    internal void Settle(bool isPaid)
    {
        lock (_lock)
        {
            _inFlight--;
            _paid += isPaid ? 1 : 0;
        }
    }
}
