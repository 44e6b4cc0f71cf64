using System.Collections.Concurrent;
using System.Diagnostics;
using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Soak;

/// <summary>Keeps tasks in flight for minutes while requests fail: nothing may be lost or grow.</summary>
internal sealed class SoakVerb : Verb
{
    internal override string Name => "soak";

    internal override string Usage => "[--minutes 10] [--tasks 2000]";

    internal override string Summary =>
        "keeps tasks in flight for minutes with 5 % faults; memory and handles stay flat and no task is lost";

    internal override async Task<int> RunAsync(Options options)
    {
        TimeSpan length = TimeSpan.FromMinutes(options.Count("--minutes", 10));
        int tasks = (int)options.Count("--tasks", 2000);
        options.RefuseOthers();
        await using ServerProcess server = await ServerProcess.StartAsync("--faults", "0.05");
        SoakLedger ledger = new();
        SoakMeter meter = new(ledger);
        await new SoakRun(server.BaseUri, tasks, length, ledger).RunAsync(meter);
        int created = await server.StopAsync();
        meter.Print(Console.Out);
        ledger.Print(Console.Out, created);
        bool holds = ledger.Holds(created) && meter.IsFlat;
        Console.WriteLine(holds ? "The soak holds." : "THE SOAK DOES NOT HOLD.");
        return holds ? 0 : 1;
    }
}

/// <summary>Submits, waits with one waiter, saves, and submits again for each task that has finished.</summary>
internal sealed class SoakRun(Uri baseUri, int inFlight, TimeSpan length, SoakLedger ledger)
{
    // One finished task in so many is downloaded too.
    private const int SaveEvery = 10;
    private const int Submitters = 16;
    private const double ShortestTask = 30;
    private const double LongestTask = 90;

    private readonly SemaphoreSlim _room = new(inFlight);
    private readonly string _folder = Directory.CreateTempSubdirectory("KlingPS.Soak.").FullName;

    internal async Task RunAsync(SoakMeter meter)
    {
        using KlingConnection connection = new(
            new ConnectionSettings
            {
                BaseUri = baseUri,
                MaxRequestsPerSec = 0,
                RequestTimeout = TimeSpan.FromSeconds(10),
                ExpectedDuration = TimeSpan.FromSeconds(2),
            },
            new ApiKey("sk-0123456789abcdefWXYZ", "a soak"),
            journal: new TaskJournal(
                new FileJournalStore(Path.Combine(_folder, "journal.jsonl"), TimeProvider.System),
                TimeProvider.System));
        KlingClient client = new(connection);
        using CancellationTokenSource end = new();
        using CancellationTokenSource over = new(length);
        List<Task> saves = [];
        TaskWaiter waiter = client.Wait(
            new WaitOptions { Timeout = TimeSpan.FromHours(1), ThrottleLimit = 64 },
            outcome =>
            {
                _room.Release();
                ledger.Finished(outcome);
                if (outcome.Error is null && ledger.FinishedCount % SaveEvery == 0)
                {
                    saves.RemoveAll(save => save.IsCompletedSuccessfully);
                    saves.Add(SaveAsync(client, outcome.Task));
                }
            });
        Task waiting = waiter.RunAsync(CancellationToken.None);
        Task metering = meter.RunAsync(end.Token);
        await Task.WhenAll(
            Enumerable.Range(0, Submitters).Select(number => SubmitAsync(client, waiter, number, over.Token)));
        waiter.CompleteAdding();
        await waiting;
        await Task.WhenAll(saves);
        await end.CancelAsync();
        await metering;
        ledger.InJournal = connection.Journal.Last(int.MaxValue, connection.Host, connection.Account).Length;
        ledger.Unanswered = connection.Journal.Unsettled().Count(state => state.Entry.Event == JournalEvent.Intent);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SubmitAsync(KlingClient client, TaskWaiter waiter, int seed, CancellationToken over)
    {
        Random random = new(seed);
        while (!over.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(over);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            double seconds = ShortestTask + ((LongestTask - ShortestTask) * random.NextDouble());
            VideoRequest request = new() { Prompt = $"[sandbox:slow {seconds:0.0}]" };
            try
            {
                KlingTask task = await client.SubmitAsync(request, TimeSpan.FromMinutes(1), CancellationToken.None);
                ledger.Submitted(task);
                waiter.Add(task);
            }
            catch (KlingException e)
            {
                _room.Release();
                ledger.Refused(e);
            }
        }
    }

    private async Task SaveAsync(KlingClient client, KlingTask task)
    {
        string path = Path.Combine(_folder, task.VideoId + ".mp4");
        try
        {
            await client.SaveAsync(task.Videos[0], path, new SaveOptions(), CancellationToken.None);
            ledger.Saved(new FileInfo(path).Length);
            File.Delete(path);
        }
        catch (KlingException e)
        {
            ledger.NotSaved(e);
        }
    }
}

/// <summary>What became of every task of a soak.</summary>
internal sealed class SoakLedger
{
    private readonly ConcurrentDictionary<string, byte> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private int _emitted;
    private int _finished;
    private int _stray;
    private int _unknown;
    private int _saved;

    internal int FinishedCount => Volatile.Read(ref _finished);

    internal int InFlight => _open.Count;

    /// <summary>Tasks in the journal.</summary>
    internal int InJournal { get; set; }

    internal int Unanswered { get; set; }

    internal void Submitted(KlingTask task)
    {
        Interlocked.Increment(ref _emitted);
        _open[task.TaskId] = 0;
    }

    internal void Refused(KlingException error)
    {
        Count("submission", error);
        if (error.Submission == SubmissionOutcome.Unknown)
        {
            Interlocked.Increment(ref _unknown);
        }
    }

    internal void Finished(WaitOutcome outcome)
    {
        Interlocked.Increment(ref _finished);
        if (!_open.TryRemove(outcome.Task.TaskId, out _))
        {
            Interlocked.Increment(ref _stray);
        }

        if (outcome.Error is { } error)
        {
            Count("wait", error);
        }
    }

    internal void Saved(long bytes) => Interlocked.Add(ref _saved, bytes > 0 ? 1 : 0);

    internal void NotSaved(KlingException error) => Count("save", error);

    internal bool Holds(int created) =>
        _open.IsEmpty
        && _finished == _emitted
        && _stray == 0
        && InJournal == _emitted
        && Unanswered == 0
        && created >= _emitted
        && created <= _emitted + _unknown
        && !_errors.Keys.Any(error => error.StartsWith("wait", StringComparison.Ordinal));

    internal void Print(TextWriter output, int created)
    {
        output.WriteLine(
            $"{created:N0} tasks created by the server; {_emitted:N0} emitted, {_unknown:N0} submissions unknown.");
        output.WriteLine(
            $"{_finished:N0} of {_emitted:N0} waited for to their end, {_stray} told twice or unasked, {_saved:N0} "
                + $"videos saved; journal: {InJournal:N0} tasks, {Unanswered} unanswered.");
        foreach ((string error, int count) in _errors.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine($"{count,8:N0}  {error}");
        }
    }

    private void Count(string where, KlingException error) =>
        _errors.AddOrUpdate($"{where}: {error.ErrorId}", 1, (_, before) => before + 1);
}

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
            output.WriteLine(
                $"{minute.Key,6}  {minute.Average(s => s.InFlight),9:0}  {minute.Average(s => s.Heap) / 1e6,7:0.0}  "
                    + $"{minute.Average(s => s.Resident) / 1e6,11:0.0}  {minute.Average(s => s.Handles),7:0}  "
                    + $"{minute.Average(s => s.Threads),7:0}");
        }

        output.WriteLine(
            $"Last full minute against the second: heap × {Growth(s => s.Heap):0.000}, resident × "
                + $"{Growth(s => s.Resident):0.000}, handles × {Growth(s => s.Handles):0.000}.");
    }

    private void Look(TimeSpan at)
    {
        using Process process = Process.GetCurrentProcess();
        _samples.Add(new Sample(
            at, ledger.InFlight, GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64,
            process.HandleCount, process.Threads.Count));
    }

    // The second minute is the first one with everything in flight; the
    // last full one is the last before the run drains.
    private double Growth(Func<Sample, double> value)
    {
        int most = _samples.Max(sample => sample.InFlight);
        int last = (int)_samples.Last(sample => sample.InFlight > 0.9 * most).At.TotalMinutes - 1;
        return Average(last, value) / Average(1, value);
    }

    private double Average(int minute, Func<Sample, double> value) =>
        _samples.Where(sample => (int)sample.At.TotalMinutes == minute)
            .Select(value).DefaultIfEmpty(double.NaN).Average();

    private sealed record Sample(
        TimeSpan At, int InFlight, double Heap, double Resident, double Handles, double Threads);
}
