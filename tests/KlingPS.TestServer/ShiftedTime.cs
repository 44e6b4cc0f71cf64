namespace KlingPS.TestServer;

/// <summary>The system's clock, set wrong by so much.</summary>
public sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
