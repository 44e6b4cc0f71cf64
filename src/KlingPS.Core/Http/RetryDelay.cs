namespace KlingPS.Http;

/// <summary>How long to pause before a request is sent again.</summary>
internal static class RetryDelay
{
    private const double LongestSeconds = 30;

    /// <param name="attempt">0 for the first pause.</param>
    /// <param name="retryAfter">What the service asked for: a lower bound.</param>
    /// <param name="random">0 to 1.</param>
    /// <returns>1 s, 2 s, 4 s … 30 s and up to a second more, so that many callers do not return together.</returns>
    internal static TimeSpan Before(int attempt, TimeSpan? retryAfter, double random)
    {
        double seconds = Math.Min(Math.Pow(2, Math.Min(attempt, 10)), LongestSeconds) + random;
        TimeSpan pause = TimeSpan.FromSeconds(seconds);
        return retryAfter > pause ? retryAfter.Value : pause;
    }
}
