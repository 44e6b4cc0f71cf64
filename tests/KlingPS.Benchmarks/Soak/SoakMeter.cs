using System.Diagnostics;

namespace KlingPS.Benchmarks.Soak;

/// <summary>Looks every five seconds at what the process holds.</summary>
internal sealed class SoakMeter(SoakLedger ledger)
{
    private const double MostGrowth = 1.10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly List<Sample> _samples = [];

    /// <summary>Whether the last minute is within 10 % of the second one, in memory and in handles.</summary>
    internal bool IsFlat => Growth(sample => sample.Resident) <= MostGrowth
        && Growth(sample => sample.Handles) <= MostGrowth;

    internal async Task RunAsync(CancellationToken end)
    {
        long started = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                Look(Stopwatch.GetElapsedTime(started));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    internal void Print(TextWriter output)
    {
        output.WriteLine("minute  in flight  heap MB  resident MB  handles  threads");
        foreach (IGrouping<int, Sample> minute in _samples.GroupBy(sample => (int)sample.At.TotalMinutes))
        {
            output.WriteLine(FormattableString.Invariant(
                $"{minute.Key,6}  {minute.Average(s => s.InFlight),9:0}  {minute.Average(s => s.Heap) / 1e6,7:0.0}  {minute.Average(s => s.Resident) / 1e6,11:0.0}  {minute.Average(s => s.Handles),7:0}  {minute.Average(s => s.Threads),7:0}"));
        }

        output.WriteLine(FormattableString.Invariant(
            $"Last full minute against the second: heap × {Growth(s => s.Heap):0.000}, resident × {Growth(s => s.Resident):0.000}, handles × {Growth(s => s.Handles):0.000}."));
    }

    private void Look(TimeSpan at)
    {
        using Process process = Process.GetCurrentProcess();
        _samples.Add(new Sample(at, ledger.InFlight, GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64, process.HandleCount, process.Threads.Count));
    }

    // The second minute is the first one with everything in flight; the last full one is the last before the run drains.
    private double Growth(Func<Sample, double> value)
    {
        int most = _samples.Max(sample => sample.InFlight);
        int last = (int)_samples.Last(sample => sample.InFlight > 0.9 * most).At.TotalMinutes - 1;
        return Average(last, value) / Average(1, value);
    }

    private double Average(int minute, Func<Sample, double> value) =>
        _samples.Where(sample => (int)sample.At.TotalMinutes == minute).Select(value).DefaultIfEmpty(double.NaN).Average();

    private sealed record Sample(TimeSpan At, int InFlight, double Heap, double Resident, double Handles, double Threads);
}
