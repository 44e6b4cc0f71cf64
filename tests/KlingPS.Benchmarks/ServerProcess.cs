using System.Diagnostics;
using System.Globalization;

namespace KlingPS.Benchmarks;

/// <summary>The test server in a process of its own, so that what is measured here is the client.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri baseUri)
    {
        _process = process;
        BaseUri = baseUri;
    }

    internal Uri BaseUri { get; }

    internal static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        string program = typeof(TestServer.KlingTestServer).Assembly.Location;
        Process process =
            Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "--end-with-input", "1", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        })!;
        string line = await process.StandardOutput.ReadLineAsync() ?? "";
        return new ServerProcess(process, new Uri(line.Replace("Listening on ", "", StringComparison.Ordinal)));
    }

    /// <summary>Has it make the tasks that its argument --tasks counts.</summary>
    internal async Task<string[]> MakeTasksAsync(Action? made = null)
    {
        const string Made = "Made ";
        await _process.StandardInput.WriteLineAsync();
        string line;
        do
        {
            line = await _process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("The server has ended.");
        }
        while (!line.StartsWith(Made, StringComparison.Ordinal));
        made?.Invoke();
        string[] ids = new string[int.Parse(line[Made.Length..], CultureInfo.InvariantCulture)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (await _process.StandardOutput.ReadLineAsync())!;
        }

        return ids;
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
