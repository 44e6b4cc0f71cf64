namespace KlingPS.Benchmarks.Pace;

/// <summary>What a wait cost and how late it saw the ends.</summary>
/// <param name="Gets">Queries for each task, in the mean.</param>
/// <param name="Mean">Seconds between an end and its being seen.</param>
/// <param name="P95">The same, of the slowest task in twenty.</param>
/// <param name="Most">The same, of the slowest of all.</param>
internal sealed record WaitFigures(double Gets, double Mean, double P95, double Most)
{
    internal static WaitFigures Of(long gets, double[] delays)
    {
        double[] sorted = [.. delays.Order()];
        return new WaitFigures(
            (double)gets / sorted.Length,
            sorted.Average(),
            sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1],
            sorted[^1]);
    }

    /// <summary>An interval from the creation on, as one would compute it: nothing is asked at age zero.</summary>
    internal static WaitFigures OfFixed(double interval, double[] durations)
    {
        double[] asked = [.. durations.Select(duration => Math.Ceiling(duration / interval))];
        return Of((long)asked.Sum(), [.. asked.Zip(durations, (count, duration) => (count * interval) - duration)]);
    }

    /// <summary>Several sets as one.</summary>
    internal static WaitFigures Together(IReadOnlyList<WaitFigures> sets) => new(
        sets.Average(set => set.Gets),
        sets.Average(set => set.Mean),
        sets.Average(set => set.P95),
        sets.Max(set => set.Most));
}
