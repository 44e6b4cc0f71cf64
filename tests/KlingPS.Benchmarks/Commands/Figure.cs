using System.Globalization;
using KlingPS.Responses;

namespace KlingPS.Benchmarks.Commands;

/// <summary>A measured figure beside its bound: printed, and written as a row of docs/performance.md.</summary>
internal sealed record Figure(
    string Section, string What, string Against, string Measured, string Bound, bool Holds, string Verb)
{
    private const string Program = "dotnet run -c Release --project tests/KlingPS.Benchmarks -- ";

    private const string Head = "| figure | against | measured | at most | | command |\n|---|---|---|---|---|---|\n";

    private string Verdict => Holds ? "holds" : "does not hold";

    internal static Figure OfRatio(
        string section, string what, string against, double ratio, double bound, string verb) =>
        new(section, what, against, Times(ratio), Times(bound), ratio <= bound, verb);

    internal static string Times(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture) + " ×";

    /// <summary>Prints the verdict and, where asked to, keeps it on the page.</summary>
    internal int Conclude(TextWriter output, string? page) => Conclude(output, page, this);

    /// <summary>The same for several figures of one section.</summary>
    internal static int Conclude(TextWriter output, string? page, params IReadOnlyList<Figure> figures)
    {
        foreach (Figure figure in figures)
        {
            output.WriteLine(
                $"{figure.What}, against {figure.Against}: {figure.Measured}, at most {figure.Bound}: "
                    + $"{figure.Verdict}.");
        }

        if (page is not null)
        {
            PerformancePage.Write(
                page, figures[0].Section, Head + string.Join('\n', figures.Select(figure => figure.Row)));
        }

        return figures.All(figure => figure.Holds) ? 0 : 1;
    }

    private string Row => $"| {What} | {Against} | {Measured} | {Bound} | {Verdict} | `{Program}{Verb}` |";
}

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
        output.WriteLine(
            $"Ratio: {OfPairs:0.00} as the median of the pairs, {OfMedians:0.00} of the medians; the larger counts");
    }

    internal static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Print(TextWriter output, string name, List<double> times)
    {
        string each = string.Join(" ", times.Select(time => time.ToString("G4", CultureInfo.InvariantCulture)));
        output.WriteLine($"{name}: median {Median(times):G4} ms of {times.Count}, least {times.Min():G4}");
        output.WriteLine($"  {each}");
    }
}

/// <summary>The page of figures: a program owns what stands between a section's markers.</summary>
internal static class PerformancePage
{
    /// <summary>Replaces the figures of a section; adds the section, or the page, where there is none.</summary>
    internal static void Write(string path, string section, string figures)
    {
        string text = File.Exists(path) ? File.ReadAllText(path) : "# Performance\n";
        string name = section.ToLowerInvariant().Replace(' ', '-');
        string begin = $"<!-- measured: {name} -->";
        string end = $"<!-- end: {name} -->";
        string block = $"{begin}\n{figures}\n{end}";
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        int to = text.IndexOf(end, StringComparison.Ordinal);
        text = from >= 0 && to > from
            ? text[..from] + block + text[(to + end.Length)..]
            : $"{text.TrimEnd('\n')}\n\n## {section}\n\n{block}\n";
        File.WriteAllText(path, text);
    }
}
