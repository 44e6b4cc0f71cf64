namespace KlingPS.Benchmarks.Pace;

/// <summary>How long the virtual tasks take.</summary>
internal static class Durations
{
    internal const double Median = 230;
    private const double Spread = 0.45;
    private const double Floor = 60;

    /// <summary>Lognormal with a floor, the same for the same seed.</summary>
    internal static double[] Lognormal(int count, double median, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Max(Floor, median * Math.Exp(Spread * Normal(random))))];
    }

    // Box and Muller's way.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
