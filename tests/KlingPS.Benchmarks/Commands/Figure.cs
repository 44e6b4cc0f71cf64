using System.Globalization;
using KlingPS.Responses;

namespace KlingPS.Benchmarks.Commands;

/// <summary>A measured figure beside its bound: printed, and written as a row of docs/performance.md.</summary>
internal sealed record Figure(string What, string Against, string Measured, string Bound, bool Holds, string Verb)
{
    internal static Figure OfRatio(string what, string against, double ratio, double bound, string verb) =>
        new(what, against, Times(ratio), Times(bound), ratio <= bound, verb);

    internal static string Times(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture) + " ×";

    /// <summary>Prints the verdict and, where asked to, keeps it on the page.</summary>
    internal int Conclude(TextWriter output, string? page) => Conclude(output, page, this);

    /// <summary>The same for several figures of one verb.</summary>
    internal static int Conclude(TextWriter output, string? page, params IReadOnlyList<Figure> figures)
    {
        foreach (Figure figure in figures)
        {
            output.WriteLine(
                $"{figure.What}, against {figure.Against}: {figure.Measured}, at most {figure.Bound}: "
                    + $"{(figure.Holds ? "holds" : "does not hold")}.");
        }

        if (page is not null)
        {
            PerformancePage.Write(page, figures);
        }

        return figures.All(figure => figure.Holds) ? 0 : 1;
    }

    /// <summary>The row of the table, with what it said before.</summary>
    internal string Row(string before)
    {
        string now = Holds ? Measured : $"**{Measured}**";
        return $"| {What} | {Against} | {now} | {before} | {Bound} | `{Verb}` |";
    }
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

/// <summary>The page of figures, whose one table has a row for each, in blocks of one verb.</summary>
internal static class PerformancePage
{
    private const string Head = "| figure | against | now | before | at most | verb |";

    /// <summary>Replaces the rows of a verb, and keeps what each said before.</summary>
    internal static void Write(string path, IReadOnlyList<Figure> figures)
    {
        List<string> lines = [.. File.ReadAllText(path).Split('\n')];
        int head = lines.IndexOf(Head);
        int end = head < 0 ? -1 : lines.FindIndex(head, line => !line.StartsWith('|'));
        if (end < 0)
        {
            throw new FormatException($"'{path}' has no table that starts with: {Head}");
        }

        string mark = $"| `{figures[0].Verb}` |";
        List<int> old = [.. Enumerable.Range(head, end - head)
            .Where(i => lines[i].EndsWith(mark, StringComparison.Ordinal))];
        string[] before = [.. old.Select(i => lines[i].Split('|')[4].Trim())];
        int place = old.Count > 0 ? old[0] : end;
        old.Reverse();
        old.ForEach(lines.RemoveAt);
        lines.InsertRange(place, figures.Select((figure, i) => figure.Row(before.ElementAtOrDefault(i) ?? "")));
        File.WriteAllText(path, string.Join('\n', lines));
    }
}
