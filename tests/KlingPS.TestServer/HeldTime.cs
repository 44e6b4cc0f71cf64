namespace KlingPS.TestServer;

/// <summary>A clock that stands until it is released: tasks made before are as young then as if they had just been made.</summary>
public sealed class HeldTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _released;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() =>
        Interlocked.Read(ref _released) is > 0 and long since ? _start + System.GetElapsedTime(since) : _start;

    /// <summary>Lets it run; only the first call does.</summary>
    public void Release() => Interlocked.CompareExchange(ref _released, System.GetTimestamp(), 0);
}
