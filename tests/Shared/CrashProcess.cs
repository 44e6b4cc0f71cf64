using System.Diagnostics;

namespace KlingPS.Shared;

/// <summary>A process of its own that a test may kill at any moment (SIGKILL on Unix).</summary>
internal sealed class CrashProcess : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "KlingPS.CrashProcess.dll");

    private readonly Process _process;

    internal CrashProcess(params string[] arguments)
        : this(new ProcessStartInfo("dotnet", ["exec", Assembly, .. arguments]))
    {
    }

    private CrashProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.UseShellExecute = false;
        _process = Process.Start(start)!;
    }

    /// <summary>One in which no file may grow beyond so many blocks of 512 bytes. Not on Windows.</summary>
    internal static CrashProcess WithFileLimit(int blocks, params string[] arguments)
    {
        string script = $"trap '' XFSZ; ulimit -f {blocks}; exec dotnet exec \"$@\"";
        ProcessStartInfo start = new("/bin/sh", ["-c", script, "sh", Assembly, .. arguments]);

        // What the runtime itself keeps in files would not fit.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return new CrashProcess(start);
    }

    /// <summary>One whose files are as on a file system that ignores locks. Not on Windows.</summary>
    internal static CrashProcess WithoutFileLocks(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", ["exec", Assembly, .. arguments]);
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        return new CrashProcess(start);
    }

    /// <summary>What it said next, or null when it has ended.</summary>
    internal async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <summary>The last it had to say, or null when that was nothing.</summary>
    internal async Task<string?> LastLineAsync(CancellationToken cancellationToken)
    {
        string? last = null;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            last = line;
        }

        return last;
    }

    internal async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits for its own end.</summary>
    internal async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
