using BenchmarkDotNet.Attributes;
using KlingPS.Transport;

namespace KlingPS.Benchmarks.Commands;

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
    /// <returns>The text.</returns>
    [Benchmark(Baseline = true)]
    public Task<string> Raw() => _raw.GetStringAsync(_address);

    /// <summary>The task in the answer.</summary>
    /// <returns>The task.</returns>
    [Benchmark]
    public Task<KlingTask> Client() => _client.GetAsync(Served.Id, ServedTask.Kind, CancellationToken.None);
}
