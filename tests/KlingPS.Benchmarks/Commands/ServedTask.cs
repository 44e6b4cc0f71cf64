using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Benchmarks.Commands;

/// <summary>A finished task on a server of its own, to be asked for.</summary>
internal sealed class ServedTask : IAsyncDisposable
{
    internal const KlingTaskKind Kind = KlingTaskKind.TextToVideo;

    private readonly ServerProcess _server;

    private ServedTask(ServerProcess server, string id)
    {
        _server = server;
        Id = id;
    }

    internal string Id { get; }

    internal Uri BaseUri => _server.BaseUri;

    internal static async Task<ServedTask> StartAsync()
    {
        ServerProcess server = await ServerProcess.StartAsync("--task-seconds", "0");
        using KlingConnection connection = Connect(server.BaseUri);
        VideoRequest request = new() { Prompt = "A quiet harbour at dawn", Model = "kling-v1-6" };
        KlingTask task = await new KlingClient(connection).SubmitAsync(request, TimeSpan.Zero, CancellationToken.None);
        return new ServedTask(server, task.TaskId);
    }

    /// <summary>A connection without a bound on requests a second, which would be all that is measured.</summary>
    internal static KlingConnection Connect(Uri baseUri) => new(
        new ConnectionSettings { BaseUri = baseUri, MaxRequestsPerSec = 0 },
        new ApiKey(FreshShell.Key, "a measurement"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
