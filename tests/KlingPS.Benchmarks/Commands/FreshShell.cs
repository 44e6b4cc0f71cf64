using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Benchmarks.Commands;

/// <summary>Runs scripts that print numbers in fresh processes: pwsh, or else the hosted engine.</summary>
internal sealed class FreshShell : IDisposable
{
    internal const string Key = "sk-0123456789abcdefWXYZ";

    private readonly string? _pwsh = FindPwsh();
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("klingps-");
    private int _runs;

    internal bool IsPwsh => _pwsh is not null;

    internal string Name => IsPwsh ? "pwsh" : "the hosted engine";

    /// <summary>The service that the environment of the script names.</summary>
    internal Uri? BaseUri { get; init; }

    internal void Announce(TextWriter output, string? instead = null) => output.WriteLine(
        IsPwsh
            ? $"Measured in {_pwsh}."
            : $"No pwsh was found: measured in the hosted engine{(instead is null ? "" : $", against {instead}")}.");

    /// <summary>The numbers the script printed, a row for each line.</summary>
    internal Task<double[][]> RunAsync(string script, params string[] arguments) =>
        RunAsync(script, _ => { }, arguments);

    internal async Task<double[][]> RunAsync(string script, Action<string> prepare, params string[] arguments)
    {
        // PowerShell keeps a profile of what it compiled at its last start,
        // for the next one: in turns, each side would start
        // with the other's. So every process is the first.
        string state = _state.CreateSubdirectory($"{++_runs}").FullName;
        prepare(state);
        string[] host = IsPwsh
            ? [_pwsh!, "-NoProfile", "-NonInteractive", "-File"]
            : ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "KlingPS.EngineHost.dll")];
        ProcessStartInfo start = new(host[0], [.. host[1..], Measured.Script(script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["XDG_STATE_HOME"] = state;
        start.Environment["XDG_CACHE_HOME"] = state;
        start.Environment["LOCALAPPDATA"] = state;
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["COMETAPI_KEY"] = Key;
        start.Environment["COMETAPI_BASE_URL"] = BaseUri?.ToString() ?? "";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? [.. output.Split(
                '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Row)]
            : throw new InvalidOperationException($"{script} failed in {Name}: {await errors}{output}");
    }

    public void Dispose() => _state.Delete(recursive: true);

    private static double[] Row(string line) =>
    [
        .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
    ];

    private static string? FindPwsh()
    {
        string name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        string[] folders = Environment.GetEnvironmentVariable("PATH")?.Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

/// <summary>What is measured.</summary>
internal static class Measured
{
    internal static string EmptyManifest => Path.Combine(AppContext.BaseDirectory, "KlingPS.EmptyModule.psd1");

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Commands", "Scripts", name);

    internal static void RefuseDebugBuild()
    {
        if (typeof(KlingClient).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true)
        {
            throw new FormatException("A Debug build is not measured: add -c Release.");
        }
    }
}

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
