using System.Diagnostics;
using System.Globalization;
using System.Text;
using KlingPS.Benchmarks.Commands;

namespace KlingPS.Benchmarks.Pace;

/// <summary>How often the default pace asks, and how late it sees an end, against fixed intervals.</summary>
internal sealed class PaceVerb : Verb
{
    private const double Fixed = 10;
    private const double PerSecond = 20;
    private static readonly double[] Intervals = [3, 4, 5, 6, 8, 10, 12, 15, 20];

    internal override string Name => "pace";

    internal override string Usage => "[--tasks 10000] [--seed 6] [--write docs/performance.md] [--plot docs/pace.svg]";

    internal override string Summary =>
        "queries and delays of the default pace on virtual tasks, against fixed intervals and a round robin";

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
            Of($"{tasks:N0} tasks of 230 s in the median: GETs a task", "fixed 10 s: 26.0", ours.Gets, 21.5, ""),
            Of("the same: mean delay", "fixed 10 s: 5.0 s", ours.Mean, 4.4, " s"),
            Of("the same: delay of the slowest task in twenty", "fixed 10 s: 9.5 s", ours.P95, 9.3, " s"),
        ];
        figures.AddRange(await AgainstFixedAsync(
            "of half the duration expected", Durations.Lognormal(tasks, Durations.Median / 2, seed)));
        figures.AddRange(await AgainstFixedAsync(
            "of double the duration expected", Durations.Lognormal(tasks, Durations.Median * 2, seed)));
        double[] quick = [.. Enumerable.Repeat(2.0, tasks)];
        foreach (int count in new[] { 1, tasks })
        {
            WaitFigures two = await VirtualWait.RunAsync(
                quick[..count], settings => settings with { ExpectedDuration = TimeSpan.FromSeconds(2) });
            figures.Add(Of($"{count:N0} of 2 s on the sandbox: mean delay", "", two.Mean, 0.25, " s"));
        }

        WaitFigures bounded = await VirtualWait.RunAsync(
            usual, settings => settings with { MaxRequestsPerSec = PerSecond });
        double circle = RoundRobin.Delays(usual, PerSecond).Max();
        figures.Add(Of(
            $"{tasks:N0} tasks at {PerSecond:0} requests a second: longest delay", $"a round robin: {circle:0} s",
            bounded.Most / circle, 1.3, " ×"));
        await PrintAloneAsync(usual);
        if (plot is not null)
        {
            PacePlot.Write(
                plot, ours, [.. Intervals.Select(interval => (interval, WaitFigures.OfFixed(interval, usual)))]);
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
            Console.WriteLine(
                $"In sets of {size}: {together.Gets:0.0} GETs a task, mean delay {together.Mean:0.00} s, longest "
                    + $"{together.Most:0.0} s (no bound).");
        }
    }

    private static Figure Of(string what, string against, double measured, double bound, string unit) => new(
        what, against, measured.ToString("0.00", CultureInfo.InvariantCulture) + unit,
        bound.ToString("0.0#", CultureInfo.InvariantCulture) + unit, measured <= bound, "pace");
}

/// <summary>What a poll costs the processor as the set grows.</summary>
internal sealed class GrowVerb : Verb
{
    private const double Bound = 1.5;
    private const int Rounds = 5;
    private const int Polls = 60_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    internal override string Name => "grow";

    internal override string Usage => "[--write docs/performance.md]";

    internal override string Summary => "processor time a poll, for sets of 10 to 10,000 virtual tasks";

    internal override async Task<int> RunAsync(Options options)
    {
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        int[] sizes = [10, 100, 1_000, 10_000];
        await MicrosecondsAsync(10, report: false);
        Dictionary<int, List<double>> costs = sizes.ToDictionary(size => size, _ => new List<double>());
        List<double> watched = [];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (int size in sizes)
            {
                costs[size].Add(await MicrosecondsAsync(size, report: false));
            }

            watched.Add(await MicrosecondsAsync(sizes[^1], report: true));
        }

        foreach (int size in sizes)
        {
            IEnumerable<string> all = costs[size].Select(cost => $"{cost:0.00}");
            double median = Pairs.Median(costs[size]);
            string text = string.Join(" ", all);
            Console.WriteLine($"{size,6}: {median:0.00} µs a poll ({text})");
        }

        double small = Pairs.Median(costs[10]);
        double large = Pairs.Median(costs[10_000]);
        return Figure.Conclude(
            Console.Out,
            page,
            Figure.OfRatio(
                "Processor time a poll in a set of 10,000",
                "in a set of 10",
                large / small,
                Bound,
                Name),
            Figure.OfRatio(
                "the same with progress shown", "without", Pairs.Median(watched) / large, 1.1,
                Name));
    }

    // The same number of polls for each size: small sets are waited for again and again.
    private static async Task<double> MicrosecondsAsync(int size, bool report)
    {
        double[] durations = Durations.Lognormal(size, Durations.Median, seed: 1);
        long gets = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        do
        {
            WaitFigures wait =
                await VirtualWait.RunAsync(durations, interval: Interval, report: report ? _ => { } : null);
            gets += (long)Math.Round(wait.Gets * size);
        }
        while (gets < Polls && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / gets;
    }
}

/// <summary>GETs against mean delay: a dot for the default pace, a line for fixed intervals.</summary>
internal static class PacePlot
{
    private const double Width = 640;
    private const double Height = 400;
    private const double Left = 60;
    private const double Bottom = 350;
    private const double MostGets = 90;
    private const double MostDelay = 11;

    internal static void Write(
        string path, WaitFigures ours, IReadOnlyList<(double Interval, WaitFigures Figures)> intervals)
    {
        StringBuilder svg = new();
        svg.Append(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" "
                + "font-size=\"13\">\n");
        svg.Append(
            "<style>text{fill:#57606a}.axis{stroke:#8c959f;fill:none}.fixed{stroke:#8c959f;fill:none}.dot{fill:"
                + "#8c959f}.ours{fill:#1a7f37}.name{fill:#1a7f37;font-weight:bold}@media(prefers-color-scheme:"
                + "dark){text{fill:#9da7b3}.ours,.name{fill:#3fb950}}</style>\n");
        svg.Append($"<path class=\"axis\" d=\"M{Left} 20V{Bottom}H{Width - 20}\"/>\n");
        for (int gets = 0; gets <= 80; gets += 20)
        {
            svg.Append($"<text x=\"{X(gets):0.0}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{gets}</text>\n");
        }

        for (int delay = 0; delay <= 10; delay += 2)
        {
            svg.Append($"<text x=\"{Left - 8}\" y=\"{Y(delay) + 4:0.0}\" text-anchor=\"end\">{delay} s</text>\n");
        }

        svg.Append($"<text x=\"{(Left + Width) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">GETs a task</text>\n");
        svg.Append(
            "<text x=\"16\" y=\"185\" text-anchor=\"middle\" transform=\"rotate(-90 16 185)\">mean delay</text>\n");
        string line = string.Join(' ', intervals.Select(row => $"{X(row.Figures.Gets):0.0},{Y(row.Figures.Mean):0.0}"));
        svg.Append($"<polyline class=\"fixed\" points=\"{line}\"/>\n");
        foreach ((double interval, WaitFigures figures) in intervals)
        {
            Dot(svg, "dot", figures);
            Label(svg, "", figures, $"every {interval} s");
        }

        Dot(svg, "ours", ours);
        svg.Append(
            $"<text class=\"name\" x=\"{X(ours.Gets) - 10:0.0}\" y=\"{Y(ours.Mean) + 18:0.0}\" "
                + "text-anchor=\"end\">KlingPS</text>\n");
        svg.Append("</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }

    private static void Dot(StringBuilder svg, string style, WaitFigures figures) =>
        svg.Append($"<circle class=\"{style}\" cx=\"{X(figures.Gets):0.0}\" cy=\"{Y(figures.Mean):0.0}\" r=\"5\"/>\n");

    private static void Label(StringBuilder svg, string style, WaitFigures figures, string text) =>
        svg.Append(
            $"<text class=\"{style}\" x=\"{X(figures.Gets) + 8:0.0}\" y=\"{Y(figures.Mean) - 6:0.0}\">{text}</text>\n");

    private static double X(double gets) => Left + (gets / MostGets * (Width - 20 - Left));

    private static double Y(double delay) => Bottom - (delay / MostDelay * (Bottom - 20));
}
