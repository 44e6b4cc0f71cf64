namespace KlingPS.TestServer;

/// <summary>The clock of the system, which can be made to stand at one moment, so that much happens at once.</summary>
internal sealed class HeldTime : TimeProvider
{
    private long _heldTicks;

    public override DateTimeOffset GetUtcNow() =>
        Interlocked.Read(ref _heldTicks) is not 0 and long held
            ? new DateTimeOffset(held, TimeSpan.Zero)
            : System.GetUtcNow();

    /// <summary>Stands a little ahead while something is done, and runs again when that moment has come.</summary>
    internal async Task StandAsync(TimeSpan ahead, Action act)
    {
        DateTimeOffset moment = System.GetUtcNow() + ahead;
        Interlocked.Exchange(ref _heldTicks, moment.UtcTicks);
        act();
        TimeSpan left = moment - System.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        Interlocked.Exchange(ref _heldTicks, 0);
    }
}

/// <summary>The system's clock, set wrong by so much.</summary>
public sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
