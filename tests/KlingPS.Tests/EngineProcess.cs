using System.Diagnostics;

namespace KlingPS.Tests;

/// <summary>The engine in a process that has done nothing else.</summary>
internal static class EngineProcess
{
    /// <summary>The lines a script wrote; one with an error fails the test.</summary>
    internal static async Task<string[]> RunAsync(string script)
    {
        using TempFolder folder = new();
        string file = folder.File("script.ps1");
        await File.WriteAllTextAsync(file, $"$ErrorActionPreference = 'Stop'\n{script}", TestContext.Current.CancellationToken);
        string host = Path.Combine(AppContext.BaseDirectory, "KlingPS.EngineHost.dll");
        ProcessStartInfo start = new("dotnet", ["exec", host, file]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["XDG_STATE_HOME"] = folder.Path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>A text as a script writes it.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
