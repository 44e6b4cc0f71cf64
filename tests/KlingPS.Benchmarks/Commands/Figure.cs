using System.Globalization;
using KlingPS.Responses;

namespace KlingPS.Benchmarks.Commands;

/// <summary>A measured figure beside its bound: printed, and written as a row of docs/performance.md.</summary>
/// <param name="Section">The heading of the page it stands under.</param>
/// <param name="What">What was measured.</param>
/// <param name="Against">What it was measured against.</param>
/// <param name="Measured">As it is read, with its unit.</param>
/// <param name="Bound">As it is read, with its unit.</param>
/// <param name="Holds">Whether the figure keeps to the bound.</param>
/// <param name="Verb">The verb that measured it, with its options.</param>
internal sealed record Figure(string Section, string What, string Against, string Measured, string Bound, bool Holds, string Verb)
{
    private const string Program = "dotnet run -c Release --project tests/KlingPS.Benchmarks -- ";

    private const string Head = "| figure | against | measured | at most | | command |\n|---|---|---|---|---|---|\n";

    private string Verdict => Holds ? "holds" : "does not hold";

    internal static Figure OfRatio(string section, string what, string against, double ratio, double bound, string verb) =>
        new(section, what, against, Times(ratio), Times(bound), ratio <= bound, verb);

    internal static string Times(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture) + " ×";

    /// <summary>Prints the verdict and, where asked to, keeps it on the page.</summary>
    /// <returns>The exit code.</returns>
    internal int Conclude(TextWriter output, string? page) => Conclude(output, page, this);

    /// <summary>The same for several figures of one section.</summary>
    internal static int Conclude(TextWriter output, string? page, params IReadOnlyList<Figure> figures)
    {
        foreach (Figure figure in figures)
        {
            output.WriteLine($"{figure.What}, against {figure.Against}: {figure.Measured}, at most {figure.Bound}: {figure.Verdict}.");
        }

        if (page is not null)
        {
            PerformancePage.Write(page, figures[0].Section, Head + string.Join('\n', figures.Select(figure => figure.Row)));
        }

        return figures.All(figure => figure.Holds) ? 0 : 1;
    }

    private string Row => $"| {What} | {Against} | {Measured} | {Bound} | {Verdict} | `{Program}{Verb}` |";
}
