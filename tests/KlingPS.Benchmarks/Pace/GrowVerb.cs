using System.Diagnostics;
using System.Globalization;
using KlingPS.Benchmarks.Commands;

namespace KlingPS.Benchmarks.Pace;

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
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,6}: {Pairs.Median(costs[size]):0.00} µs a poll ({string.Join(" ", costs[size].Select(cost => cost.ToString("0.00", CultureInfo.InvariantCulture)))})"));
        }

        double small = Pairs.Median(costs[10]);
        double large = Pairs.Median(costs[10_000]);
        return Figure.Conclude(
            Console.Out,
            page,
            Figure.OfRatio("Cost of waiting", "Processor time a poll in a set of 10,000", "in a set of 10", large / small, Bound, Name),
            Figure.OfRatio("Cost of waiting", "the same with progress shown", "without", Pairs.Median(watched) / large, 1.1, Name));
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
            WaitFigures wait = await VirtualWait.RunAsync(durations, interval: Interval, report: report ? _ => { } : null);
            gets += (long)Math.Round(wait.Gets * size);
        }
        while (gets < Polls && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / gets;
    }
}
