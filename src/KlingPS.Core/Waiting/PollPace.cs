namespace KlingPS.Waiting;

/// <summary>How long to leave a task alone before it is asked about again.</summary>
/// <remarks>
/// A pause in proportion to the task's age keeps the delay of noticing an end in proportion to the wait: quick for a task
/// of seconds, sparing for one of minutes. A fifth of the pause at most is random, so that tasks submitted together do not
/// return together.
/// </remarks>
internal sealed class PollPace(TimeSpan? fixedInterval)
{
    private const double ShareOfAge = 0.12;
    private const double Jitter = 0.2;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAfterFailure = TimeSpan.FromSeconds(30);

    /// <param name="age">Since the service accepted the task.</param>
    /// <param name="random">0 to 1.</param>
    internal TimeSpan Next(TimeSpan age, double random)
    {
        if (fixedInterval is { } interval)
        {
            return interval;
        }

        double seconds = Clamp(age.TotalSeconds * ShareOfAge, Shortest.TotalSeconds, Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - (Jitter * random)));
    }

    /// <summary>After polls that failed in a row: doubling, so that a service in trouble is left in peace.</summary>
    internal TimeSpan AfterFailure(int failures, TimeSpan age, double random)
    {
        double seconds = Math.Min(Math.Pow(2, Math.Min(failures - 1, 10)), LongestAfterFailure.TotalSeconds);
        TimeSpan pause = TimeSpan.FromSeconds(seconds * (1 - (Jitter * random)));
        TimeSpan usual = Next(age, random);
        return pause > usual ? pause : usual;
    }

    private static double Clamp(double value, double low, double high) => Math.Min(Math.Max(value, low), high);
}
