using System.Diagnostics;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;
using Perfolizer.Horology;

namespace KlingPS.Benchmarks.Commands;

/// <summary>What the client adds to the request it makes.</summary>
internal sealed class ClientVerb : Verb
{
    private const double Bound = 1.15;
    private const double BoundOnKilobytes = 6;

    internal override string Name => "client";

    internal override string Usage => "[--rounds 21] [--write docs/performance.md]";

    internal override string Summary =>
        "measures KlingClient.GetAsync and HttpClient.GetStringAsync with BenchmarkDotNet, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int rounds = (int)options.Count("--rounds", 21);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServedTask task = await ServedTask.StartAsync();
        ClientBenchmark.Served = task;
        await WarmAsync();
        Pairs times = new("KlingClient.GetAsync", "HttpClient.GetStringAsync");
        List<double> kilobytes = [];
        for (int i = 0; i < rounds; i++)
        {
            (BenchmarkReport raw, BenchmarkReport client) = Measure();
            times.Add(Milliseconds(client), Milliseconds(raw));
            kilobytes.Add((Allocated(client) - Allocated(raw)) / 1024.0);
            Console.WriteLine(
                $"{1000 * Milliseconds(client):0.0} µs and {Allocated(client)} bytes, raw "
                    + $"{1000 * Milliseconds(raw):0.0} µs and {Allocated(raw)} bytes");
        }

        times.Print(Console.Out);
        double beyond = Pairs.Median(kilobytes);
        return new Figure(
            "KlingClient.GetAsync, warm", "HttpClient.GetStringAsync on the same server",
            $"{Figure.Times(times.Ratio)}, {beyond:0.0} KB allocated beyond it",
            $"{Figure.Times(Bound)}, {BoundOnKilobytes:0} KB", times.Ratio <= Bound && beyond <= BoundOnKilobytes,
            Name).Conclude(Console.Out, page);
    }

    // The runtime compiles what is called often a second and a third time, which goes on for seconds.
    private static async Task WarmAsync()
    {
        ClientBenchmark both = new();
        both.Connect();
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10);)
        {
            await both.Raw();
            await both.Client();
        }

        both.Disconnect();
    }

    // In this process, which the server is not part of; short rounds of
    // both, so that what disturbs one disturbs the other.
    private static (BenchmarkReport Raw, BenchmarkReport Client) Measure()
    {
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithIterationTime(TimeInterval.FromMilliseconds(100))
                .WithWarmupCount(2)
                .WithIterationCount(7))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(NullLogger.Instance)
            .WithOptions(ConfigOptions.DisableLogFile)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet"));
        Summary summary = BenchmarkRunner.Run<ClientBenchmark>(config);
        return (Report(summary, nameof(ClientBenchmark.Raw)), Report(summary, nameof(ClientBenchmark.Client)));
    }

    private static BenchmarkReport Report(Summary summary, string method) =>
        summary.Reports.FirstOrDefault(
            report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method && report.Success)
        ?? throw new InvalidOperationException(
            $"BenchmarkDotNet measured nothing: "
                + $"{string.Join(" ", summary.ValidationErrors.Select(error => error.Message))}");

    private static double Milliseconds(BenchmarkReport report) => report.ResultStatistics!.Median / 1e6;

    private static long Allocated(BenchmarkReport report) =>
        report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
}

/// <summary>What the client adds to the POST of a submission and the two writes that keep it safe.</summary>
internal sealed class SubmitVerb : Verb
{
    private const double Bound = 1.3;

    // The runtime keeps recompiling what is called often for that long.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private const string Body = """{"model_name":"kling-v1-6","prompt":"A quiet harbour at dawn"}""";

    internal override string Name => "submit";

    internal override string Usage => "[--calls 100] [--pairs 201] [--write docs/performance.md]";

    internal override string Summary =>
        "submits with the journal on disk, against the POST alone and two appends that are flushed to disk, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int calls = (int)options.Count("--calls", 100);
        int pairs = (int)options.Count("--pairs", 201);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServerProcess server = await ServerProcess.StartAsync("--task-seconds", "0");
        string folder = Directory.CreateTempSubdirectory("klingps").FullName;
        try
        {
            TaskJournal journal = new(
                new FileJournalStore(Path.Combine(folder, "journal.jsonl"), TimeProvider.System), TimeProvider.System);
            using KlingConnection connection = new(
                new ConnectionSettings { BaseUri = server.BaseUri, MaxRequestsPerSec = 0 },
                new ApiKey(FreshShell.Key, "a measurement"),
                journal: journal);
            KlingClient client = new(connection);
            using HttpClient http = new();
            http.DefaultRequestHeaders.Add("Authorization", "Bearer " + FreshShell.Key);
            // As the client's: a paid request has a connection of its own.
            http.DefaultRequestHeaders.ConnectionClose = true;
            await using FileStream file = File.Create(Path.Combine(folder, "lines"));
            // As long as the lines of the client.
            byte[] line = new byte[440];
            Uri address = new(server.BaseUri, "v1/videos/text2video");
            VideoRequest request = new() { Prompt = "A quiet harbour at dawn", Model = "kling-v1-6" };
            Pairs times = new($"{calls} submissions", $"{calls} times the POST and two flushed appends");
            long started = Stopwatch.GetTimestamp();
            for (int pair = 0; pair < pairs;)
            {
                double ours = await TimeAsync(
                    calls, () => client.SubmitAsync(request, TimeSpan.Zero, CancellationToken.None));
                double theirs = await TimeAsync(calls, async () =>
                {
                    Append();
                    using StringContent content = new(Body, Encoding.UTF8, "application/json");
                    using HttpResponseMessage response = await http.PostAsync(address, content);
                    await response.Content.ReadAsStringAsync();
                    Append();
                });
                if (Stopwatch.GetElapsedTime(started) > WarmUp)
                {
                    times.Add(ours, theirs);
                    pair++;
                }
            }

            times.Print(Console.Out);
            return Figure.OfRatio(
                "A submission, warm: intent, flush, POST, outcome, flush",
                "the same POST through a raw HttpClient, and two appends flushed to disk",
                times.Ratio, Bound, Name).Conclude(Console.Out, page);

            void Append()
            {
                file.Write(line);
                file.Flush(flushToDisk: true);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> TimeAsync(int calls, Func<Task> call)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            await call();
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}

/// <summary>One query through the client, and the same request through a raw HttpClient.</summary>
/// <remarks>BenchmarkDotNet derives from it, so it is public and not sealed.</remarks>
public class ClientBenchmark
{
    private KlingConnection _connection = null!;
    private KlingClient _client = null!;
    private HttpClient _raw = null!;
    private string _address = "";

    internal static ServedTask Served { get; set; } = null!;

    /// <summary>Connects both.</summary>
    [GlobalSetup]
    public void Connect()
    {
        _connection = ServedTask.Connect(Served.BaseUri);
        _client = new KlingClient(_connection);
        _raw = new HttpClient();
        _raw.DefaultRequestHeaders.Add("Authorization", "Bearer " + FreshShell.Key);
        _address = $"{Served.BaseUri}v1/videos/text2video/{Served.Id}";
    }

    /// <summary>Disconnects both.</summary>
    [GlobalCleanup]
    public void Disconnect()
    {
        _connection.Dispose();
        _raw.Dispose();
    }

    /// <summary>The text of the answer.</summary>
    [Benchmark(Baseline = true)]
    public Task<string> Raw() => _raw.GetStringAsync(_address);

    /// <summary>The task in the answer.</summary>
    [Benchmark]
    public Task<KlingTask> Client() => _client.GetAsync(Served.Id, ServedTask.Kind, CancellationToken.None);
}
