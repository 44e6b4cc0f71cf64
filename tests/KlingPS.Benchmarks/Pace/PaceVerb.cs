namespace KlingPS.Benchmarks.Pace;
internal sealed class PaceVerb : Verb
{
    internal override string Name => "pace";
    internal override string Usage => "";
    internal override string Summary => "";
    internal override async Task<int> RunAsync(Options options)
    {
        int tasks = (int)options.Count("--tasks", 10000);
        foreach (double m in new double[] { 230, 115, 460 })
        {
            double[] d = Durations.Lognormal(tasks, m, 1);
            long s = System.Diagnostics.Stopwatch.GetTimestamp();
            Console.WriteLine($"{m}: {await VirtualWait.RunAsync(d)} {WaitFigures.OfFixed(10, d)} {System.Diagnostics.Stopwatch.GetElapsedTime(s)}");
        }
        double[] two = [.. Enumerable.Repeat(2.0, tasks)];
        foreach (int n in new[] { 1, 10, 100, tasks })
            Console.WriteLine($"2: {await VirtualWait.RunAsync(two[..n], s => s with { ExpectedDuration = TimeSpan.FromSeconds(2) })}");
        return 0;
    }
}
