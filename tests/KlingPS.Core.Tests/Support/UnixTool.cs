using System.Diagnostics;

namespace KlingPS.Core.Tests.Support;

/// <summary>Makes what .NET cannot make.</summary>
internal static class UnixTool
{
    /// <summary>Makes a named pipe; the test is skipped where there are none in folders.</summary>
    internal static async Task MakePipeAsync(string path, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes are in no folder here.");
        await RunAsync(cancellationToken, "mkfifo", path);
    }

    internal static async Task RunAsync(CancellationToken cancellationToken, string tool, params string[] arguments)
    {
        using Process process = Process.Start(tool, arguments);
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
