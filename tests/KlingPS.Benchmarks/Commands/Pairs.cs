using System.Globalization;

namespace KlingPS.Benchmarks.Commands;

/// <summary>Times of two things measured in turns, so that what disturbs the machine disturbs both.</summary>
internal sealed class Pairs(string ours, string theirs)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _theirs = [];

    /// <summary>The worse of two statistics, so that a verdict does not hang on which one was chosen.</summary>
    internal double Ratio => Math.Max(OfPairs, OfMedians);

    // What lasts longer than a pair is in both of its times.
    private double OfPairs => Median([.. _ours.Zip(_theirs, (mine, other) => mine / other)]);

    private double OfMedians => Median(_ours) / Median(_theirs);

    internal void Add(double milliseconds, double theirMilliseconds)
    {
        _ours.Add(milliseconds);
        _theirs.Add(theirMilliseconds);
    }

    internal void Print(TextWriter output)
    {
        Print(output, ours, _ours);
        Print(output, theirs, _theirs);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Ratio: {OfPairs:0.00} as the median of the pairs, {OfMedians:0.00} of the medians; the larger counts"));
    }

    internal static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Print(TextWriter output, string name, List<double> times)
    {
        string each = string.Join(" ", times.Select(time => time.ToString("G4", CultureInfo.InvariantCulture)));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: median {Median(times):G4} ms of {times.Count}, least {times.Min():G4}"));
        output.WriteLine($"  {each}");
    }
}
