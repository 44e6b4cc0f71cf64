namespace KlingPS;

/// <summary>The few calls that the two frameworks spell differently.</summary>
internal static class Platform
{
    // Timers take at most 2^32 - 2 milliseconds.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(40);

#if NET
    internal static double NextRandom() => Random.Shared.NextDouble();
#else
    [ThreadStatic]
    private static Random? random;

    internal static double NextRandom() => (random ??= new Random(Guid.NewGuid().GetHashCode())).NextDouble();
#endif

    internal static Task Delay(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        TimeSpan bounded = delay <= TimeSpan.Zero ? TimeSpan.Zero : delay < LongestDelay ? delay : LongestDelay;
#if NET
        return Task.Delay(bounded, time, cancellationToken);
#else
        return TimeProviderTaskExtensions.Delay(time, bounded, cancellationToken);
#endif
    }

    internal static CancellationTokenSource CancelAfter(this TimeProvider time, TimeSpan delay)
    {
        TimeSpan bounded = delay < LongestDelay ? delay : LongestDelay;
#if NET
        return new CancellationTokenSource(bounded, time);
#else
        return TimeProviderTaskExtensions.CreateCancellationTokenSource(time, bounded);
#endif
    }

    internal static Task<Stream> ReadAsStreamAsync(HttpContent content, CancellationToken cancellationToken)
    {
#if NET
        return content.ReadAsStreamAsync(cancellationToken);
#else
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
#endif
    }

    internal static void Replace(string source, string target)
    {
#if NET
        File.Move(source, target, overwrite: true);
#else
        File.Delete(target);
        File.Move(source, target);
#endif
    }
}
