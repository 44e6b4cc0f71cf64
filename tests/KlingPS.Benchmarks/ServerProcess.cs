using System.Diagnostics;
using System.Globalization;

namespace KlingPS.Benchmarks;

/// <summary>The test server in a process of its own, so that what is measured here is the client.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string TaskLine = "Task ";

    private readonly Process _process;
    private readonly List<string> _taskIds = [];

    private ServerProcess(Process process, Uri baseUri)
    {
        _process = process;
        BaseUri = baseUri;
    }

    internal Uri BaseUri { get; }

    /// <summary>Those it made before anybody asked.</summary>
    internal IReadOnlyList<string> TaskIds => _taskIds;

    internal static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        string program = typeof(TestServer.KlingTestServer).Assembly.Location;
        Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "--end-with-input", "1", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        })!;
        string line = await process.StandardOutput.ReadLineAsync() ?? "";
        ServerProcess server = new(process, new Uri(line.Replace("Listening on ", "", StringComparison.Ordinal)));
        while (await process.StandardOutput.ReadLineAsync() is { } next && next.StartsWith(TaskLine, StringComparison.Ordinal))
        {
            server._taskIds.Add(next[TaskLine.Length..]);
        }

        return server;
    }

    /// <summary>Ends it and returns how many tasks it created.</summary>
    internal async Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        string last = (await _process.StandardOutput.ReadToEndAsync()).TrimEnd().Split('\n')[^1];
        await _process.WaitForExitAsync();
        return int.Parse(last.Replace("Tasks created: ", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
