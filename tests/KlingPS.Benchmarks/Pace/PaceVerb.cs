using System.Globalization;
using KlingPS.Benchmarks.Commands;

namespace KlingPS.Benchmarks.Pace;

/// <summary>The default pace on virtual tasks: how often it asks and how late it sees an end, against fixed intervals.</summary>
internal sealed class PaceVerb : Verb
{
    private const string Section = "Pace";
    private const double Fixed = 10;
    private const double PerSecond = 20;
    private static readonly double[] Intervals = [3, 4, 5, 6, 8, 10, 12, 15, 20];

    internal override string Name => "pace";

    internal override string Usage => "[--tasks 10000] [--seed 6] [--write docs/performance.md] [--plot docs/pace.svg]";

    internal override string Summary => "queries and delays of the default pace on virtual tasks, against fixed intervals and a round robin";

    internal override async Task<int> RunAsync(Options options)
    {
        int tasks = (int)options.Count("--tasks", 10_000);
        string? page = options.Text("--write");
        string? plot = options.Text("--plot");
        // On the tasks of the seeds 1 to 5 the constants of the model were chosen.
        int seed = (int)options.Count("--seed", 6);
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        double[] usual = Durations.Lognormal(tasks, Durations.Median, seed);
        WaitFigures ours = await VirtualWait.RunAsync(usual);
        List<Figure> figures =
        [
            Of($"{tasks:N0} tasks of 230 s in the median: GETs a task", "fixed 10 s: 26.0", ours.Gets, 22, ""),
            Of("the same: mean delay", "fixed 10 s: 5.0 s", ours.Mean, 4.5, " s"),
            Of("the same: delay of the slowest task in twenty", "fixed 10 s: 9.5 s", ours.P95, 10, " s"),
        ];
        figures.AddRange(await AgainstFixedAsync("of half the duration expected", Durations.Lognormal(tasks, Durations.Median / 2, seed)));
        figures.AddRange(await AgainstFixedAsync("of double the duration expected", Durations.Lognormal(tasks, Durations.Median * 2, seed)));
        double[] quick = [.. Enumerable.Repeat(2.0, tasks)];
        foreach (int count in new[] { 1, tasks })
        {
            WaitFigures two = await VirtualWait.RunAsync(quick[..count], settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(2) });
            figures.Add(Of($"{count:N0} of 2 s on the sandbox: mean delay", "", two.Mean, 0.25, " s"));
        }

        WaitFigures bounded = await VirtualWait.RunAsync(usual, settings => settings with { MaxRequestsPerSec = PerSecond });
        double circle = RoundRobin.Delays(usual, PerSecond).Max();
        figures.Add(Of($"{tasks:N0} tasks at {PerSecond:0} requests a second: longest delay", $"a round robin: {circle:0} s", bounded.Most / circle, 1.3, " ×"));
        await PrintAloneAsync(usual);
        if (plot is not null)
        {
            PacePlot.Write(plot, ours, [.. Intervals.Select(interval => (interval, WaitFigures.OfFixed(interval, usual)))]);
        }

        return Figure.Conclude(Console.Out, page, figures);
    }

    private static async Task<Figure[]> AgainstFixedAsync(string which, double[] durations)
    {
        WaitFigures ours = await VirtualWait.RunAsync(durations);
        WaitFigures interval = WaitFigures.OfFixed(Fixed, durations);
        return
        [
            Of($"tasks {which}: GETs a task", "fixed 10 s on the same tasks", ours.Gets, interval.Gets, ""),
            Of("the same: mean delay", "fixed 10 s on the same tasks", ours.Mean, interval.Mean, " s"),
        ];
    }

    // A task alone has no others to learn from.
    private static async Task PrintAloneAsync(double[] durations)
    {
        const int sets = 300;
        foreach (int size in new[] { 1, 10 })
        {
            List<WaitFigures> all = [];
            for (int i = 0; i < Math.Min(sets, durations.Length / size); i++)
            {
                all.Add(await VirtualWait.RunAsync(durations[(i * size)..((i + 1) * size)]));
            }

            WaitFigures together = WaitFigures.Together(all);
            Console.WriteLine(FormattableString.Invariant(
                $"In sets of {size}: {together.Gets:0.0} GETs a task, mean delay {together.Mean:0.00} s, longest {together.Most:0.0} s (no bound)."));
        }
    }

    private static Figure Of(string what, string against, double measured, double bound, string unit) => new(
        Section,
        what,
        against,
        measured.ToString("0.00", CultureInfo.InvariantCulture) + unit,
        bound.ToString("0.0#", CultureInfo.InvariantCulture) + unit,
        measured <= bound,
        "pace");
}
