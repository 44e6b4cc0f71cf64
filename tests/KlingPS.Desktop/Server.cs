using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KlingPS.Desktop;

/// <summary>The test server in a process of its own, and what can be said to it.</summary>
internal sealed class Server : IDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _one = new(1, 1);

    private Server(Process process, Uri baseUri)
    {
        _process = process;
        BaseUri = baseUri;
    }

    internal Uri BaseUri { get; }

    internal static Server Start(string file, params string[] arguments)
    {
        Process process = Runtime.Start(
            "dotnet", ["exec", file, "--control", "1", "--task-seconds", "0.2", .. arguments]);
        string address = (process.StandardOutput.ReadLine() ?? "").Replace("Listening on ", "");
        process.StandardOutput.ReadLine();
        process.StandardOutput.ReadLine();
        return new Server(process, new Uri(address));
    }

    /// <summary>For the next request of this method with this text in its path.</summary>
    internal Task FaultAsync(string method, string pathPart, string fault) =>
        OkAsync($"fault {method} {pathPart} {fault}");

    /// <summary>Tasks created since the start.</summary>
    internal async Task<int> CreatedAsync() => int.Parse(await AskAsync("created"), CultureInfo.InvariantCulture);

    /// <summary>What has arrived since the last time this was asked.</summary>
    internal async Task<Arrival[]> RequestsAsync()
    {
        using JsonDocument all = JsonDocument.Parse(await AskAsync("requests"));
        Arrival[] fresh = [.. all.RootElement.EnumerateArray().Select(Arrival.From)];
        Arrived += fresh.Length;
        return fresh;
    }

    /// <summary>Waits until so many have arrived since <see cref="RequestsAsync"/>.</summary>
    internal Task WaitAsync(int count) => OkAsync($"wait {Arrived + count}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
        _one.Dispose();
    }

    private int Arrived { get; set; }

    private async Task OkAsync(string command) =>
        Ensure.Equal("ok", await AskAsync(command), $"the server's answer to '{command}'");

    private async Task<string> AskAsync(string command)
    {
        await _one.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            return await _process.StandardOutput.ReadLineAsync() ?? "";
        }
        finally
        {
            _one.Release();
        }
    }
}

/// <summary>One request as the server saw it.</summary>
internal sealed record Arrival(
    string Method,
    string Path,
    string Body,
    string Connection,
    string Tls,
    Dictionary<string,
    string> Headers)
{
    internal static Arrival From(JsonElement json) => new(
        json.GetProperty("Method").GetString()!,
        json.GetProperty("Path").GetString()!,
        json.GetProperty("Body").GetString()!,
        json.GetProperty("Connection").GetString()!,
        json.GetProperty("Tls").GetString()!,
        json.GetProperty("Headers").EnumerateObject()
            .ToDictionary(
                header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase));

    internal string Header(string name) => Headers.TryGetValue(name, out string? value) ? value : "";
}
