namespace KlingPS.Transport;

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

    /// <summary>The same for a command that has only so much time left.</summary>
    /// <exception cref="KlingException">The service asked for a longer pause than that.</exception>
    internal static TimeSpan Before(int attempt, KlingException error, TimeSpan left, double random)
    {
        TimeSpan pause = Before(attempt, error.RetryAfter, random);
        return pause == error.RetryAfter && pause > left ? throw TooLong(error, pause, left) : pause;
    }

    /// <summary>The error for a pause that the command has no time for.</summary>
    /// <param name="submission">What is known of the task; null for what is known from the answer.</param>
    internal static KlingException TooLong(
        KlingException error,
        TimeSpan asked,
        TimeSpan left,
        SubmissionOutcome? submission = null)
    {
        double pause = Math.Ceiling(asked.TotalSeconds);
        double time = Math.Max(0, Math.Floor(left.TotalSeconds));
        return new KlingException(
            error.Error,
            $"The service asked for a pause of {pause:0} s, but the command had only {time:0} s left.",
            error)
        {
            HttpStatus = error.HttpStatus,
            ServiceCode = error.ServiceCode,
            ServiceMessage = error.ServiceMessage,
            RequestId = error.RequestId,
            Submission = submission ?? error.Submission,
            RetryAfter = asked,
            Action = "Try again after the pause; Connect-Kling clears it.",
        };
    }
}
