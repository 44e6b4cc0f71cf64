using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
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
            "Warm client", "KlingClient.GetAsync, warm", "HttpClient.GetStringAsync on the same server",
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
