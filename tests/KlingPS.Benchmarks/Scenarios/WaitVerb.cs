using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using KlingPS.Benchmarks.Commands;

namespace KlingPS.Benchmarks.Scenarios;

/// <summary>One Wait-KlingTask in the real engine for many tasks that finish at the same moment.</summary>
internal sealed class WaitVerb : Verb
{
    private const double Bound = 1.1;
    private const double MostMegabytes = 30;
    private const int SideBySide = 16;
    private const int Sample = 20_000;

    internal override string Name => "wait";

    internal override string Usage => "[--tasks 10000] [--seconds 3] [--rounds 3] [--write docs/performance.md]";

    internal override string Summary =>
        "one Wait-KlingTask for tasks that all finish at 3 s, against the server's own speed";

    internal override async Task<int> RunAsync(Options options)
    {
        int tasks = (int)options.Count("--tasks", 10_000);
        int seconds = (int)options.Count("--seconds", 3);
        int rounds = (int)options.Count("--rounds", 3);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        List<double> ratios = [];
        double megabytes = 0;
        int threads = 0;
        for (int round = 0; round < rounds; round++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(
                "--tasks", $"{tasks}", "--task-seconds", $"{seconds}");
            string[] first = await server.MakeTasksAsync();
            double throughput = await ThroughputAsync(server.BaseUri, first);
            Waited waited = await WaitAsync(server, first[0]);
            // A poller learns of an end only by asking after it, so each task costs one more GET.
            double best = seconds + (tasks / throughput);
            ratios.Add(waited.Seconds / best);
            megabytes = Math.Max(megabytes, waited.Megabytes);
            threads = Math.Max(threads, waited.Threads);
            Console.WriteLine($"{waited.Finished:N0} of {tasks:N0} tasks in {waited.Seconds:0.00} s with "
                + $"{waited.Requests:N0} requests; raw GETs at {SideBySide} side by side: {throughput:N0}/s, so at "
                + $"best {best:0.00} s: {ratios[^1]:0.00} ×. {waited.Megabytes:0.0} MB above the engine, "
                + $"{waited.Threads} threads.");
        }

        string what = $"{tasks:N0} tasks that all finish at {seconds} s, one Wait-KlingTask -PollIntervalSec 1";
        return Figure.Conclude(
            Console.Out,
            page,
            Figure.OfRatio(
                what,
                $"{seconds} s and then a raw GET of each, {SideBySide} side by side",
                Pairs.Median(ratios), Bound, Name),
            new Figure(
                "the same: memory",
                "the engine before it",
                $"{megabytes:0} MB",
                $"{MostMegabytes:0} MB",
                megabytes <= MostMegabytes,
                Name),
            new Figure(
                "the same: threads", "tasks", $"{threads}", $"{tasks / 100}", threads < tasks / 100, Name));
    }

    private static async Task<double> ThroughputAsync(Uri baseUri, string[] taskIds)
    {
#pragma warning disable RS0030 // What it is compared with.
        using HttpClient http = new();
#pragma warning restore RS0030
        http.DefaultRequestHeaders.Add("Authorization", "Bearer test");
        Uri[] addresses = [.. taskIds.Select(id => new Uri(baseUri, $"v1/videos/text2video/{id}"))];
        await GetAsync(2_000);
        long started = Stopwatch.GetTimestamp();
        await GetAsync(Sample);
        return Sample / Stopwatch.GetElapsedTime(started).TotalSeconds;

        Task GetAsync(int count) => Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide },
            async (number, token) => await http.GetStringAsync(addresses[number % addresses.Length], token));
    }

    private static async Task<Waited> WaitAsync(ServerProcess server, string warm)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Repository.Manifest]);
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        Run(
            runspace,
            $"Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri '{server.BaseUri}' -MaxRequestsPerSec 0");
        Run(runspace, $"Get-KlingTask {warm} -Kind TextToVideo");
        MemoryPeak peak = new();
        int finished;
        int requests;
        long started = 0;
        string[] ids;
        using (peak.Watch())
        {
            // Counted from when all exist: that their ids have to come here first is part of it.
            ids = await server.MakeTasksAsync(() => started = Stopwatch.GetTimestamp());
            runspace.SessionStateProxy.SetVariable("ids", ids);
            // Whatever takes the tasks does not keep them, as in a pipeline.
            object[] counts = [.. Run(
                runspace,
                "$ids | Wait-KlingTask -Kind TextToVideo -PollIntervalSec 1"
                    + " | & { begin { $n = $r = 0 } process { $n++; $r += $_.PollCount } end { $n; $r } }")
                .Select(count => count.BaseObject)];
            (finished, requests) = ((int)counts[0], (int)counts[1]);
        }

        // A figure of fewer tasks would be a figure of something else.
        if (finished != ids.Length)
        {
            throw new InvalidOperationException($"{finished} of {ids.Length} tasks finished.");
        }

        return new Waited(
            finished, requests, Stopwatch.GetElapsedTime(started).TotalSeconds, peak.Megabytes, peak.Threads);
    }

    private static System.Collections.ObjectModel.Collection<PSObject> Run(Runspace runspace, string script)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        System.Collections.ObjectModel.Collection<PSObject> output = shell.AddScript(script).Invoke();
        return shell.HadErrors ? throw new InvalidOperationException($"{script}: {shell.Streams.Error[0]}") : output;
    }

    private sealed record Waited(int Finished, int Requests, double Seconds, double Megabytes, int Threads);
}

/// <summary>How much more memory the process held at most, and how many threads, than when a watch began.</summary>
internal sealed class MemoryPeak
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    internal double Megabytes { get; private set; }

    internal int Threads { get; private set; }

    internal IDisposable Watch()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return new Watching(this, Look().Bytes);
    }

    private static (long Bytes, int Threads) Look()
    {
        using Process process = Process.GetCurrentProcess();
        return (process.WorkingSet64, process.Threads.Count);
    }

    private sealed class Watching : IDisposable
    {
        private readonly MemoryPeak _peak;
        private readonly long _start;
        private readonly Timer _timer;

        internal Watching(MemoryPeak peak, long start)
        {
            _peak = peak;
            _start = start;
            _timer = new Timer(_ => Take(), null, Pause, Pause);
        }

        public void Dispose()
        {
            _timer.Dispose();
            Take();
        }

        private void Take()
        {
            (long bytes, int threads) = Look();
            _peak.Megabytes = Math.Max(_peak.Megabytes, (bytes - _start) / 1e6);
            _peak.Threads = Math.Max(_peak.Threads, threads);
        }
    }
}
