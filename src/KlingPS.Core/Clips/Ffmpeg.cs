using System.ComponentModel;
using System.Diagnostics;
using KlingPS.Journal;

namespace KlingPS.Clips;

/// <summary>The user's own ffmpeg: found, never shipped, and run without a shell.</summary>
internal sealed class Ffmpeg
{
    internal const string Variable = "KLINGPS_FFMPEG";

    private const int WordsKept = 3;
    private const int LongestWord = 300;

    private readonly string _path;

    private Ffmpeg(string path) => _path = path;

    private static bool IsWindows => Environment.OSVersion.Platform == PlatformID.Win32NT;

    /// <exception cref="KlingException">FfmpegNotFound.</exception>
    internal static Ffmpeg Find()
    {
        string given = Environment.GetEnvironmentVariable(Variable)?.Trim() ?? "";
        if (given.Length > 0)
        {
            return File.Exists(given)
                ? new Ffmpeg(Path.GetFullPath(given))
                : throw NotFound($"${Variable} is '{given}', and there is no such file.");
        }

        string name = IsWindows ? "ffmpeg.exe" : "ffmpeg";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        // Whatever lies in the current folder may be anybody's.
        string? found = folders
            .Select(folder => folder.Trim().Trim('"'))
            .Where(folder => JournalLocation.IsFullyQualified(folder, IsWindows))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is null ? throw NotFound("ffmpeg is not in the PATH.") : new Ffmpeg(found);
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">Each as ffmpeg is to get it.</param>
    /// <param name="read">Gets each line of the output; null where there is none.</param>
    /// <returns>Null when it succeeded, else its last words.</returns>
    /// <exception cref="KlingException">FfmpegNotFound: it cannot be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it has ended.</exception>
    internal async Task<string?> RunAsync(
        IEnumerable<string> arguments,
        Action<string>? read,
        CancellationToken cancellationToken)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(_path, CommandLine(["-hide_banner", "-v", "error", .. arguments]))
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
            EnableRaisingEvents = true,
        };
        TaskCompletionSource<bool> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => ended.TrySetResult(true);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw NotFound($"'{_path}' cannot be started: {e.Message}", e);
        }

        using (cancellationToken.Register(() => Kill(process)))
        {
            // It would take what is typed at the prompt for commands.
            process.StandardInput.Close();
            Queue<string> words = new();
            Task told = ReadAsync(process.StandardError, line =>
            {
                words.Enqueue(line);
                if (words.Count > WordsKept)
                {
                    words.Dequeue();
                }
            });
            Task output = ReadAsync(process.StandardOutput, read ?? (_ => { }));
            await ended.Task.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(told, output).ConfigureAwait(false);
            return process.ExitCode == 0 ? null
                : words.Count == 0 ? $"ffmpeg ended with code {process.ExitCode}"
                : string.Join(" ", words.Select(word => DisplayText.ToDisplay(word.Trim(), LongestWord)));
        }
    }

    /// <summary>A file as ffmpeg has to be told it: never as an option, another protocol or a pattern.</summary>
    internal static string FileArgument(string path) => "file:" + path;

    // ProcessStartInfo.ArgumentList is not in .NET Framework. On every system .NET takes the line apart as Windows does
    // (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
    internal static string CommandLine(IEnumerable<string> arguments) => string.Join(" ", arguments.Select(Quoted));

    private static string Quoted(string argument)
    {
        StringBuilder quoted = new("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            // Backslashes count as such unless a quote follows.
            quoted.Append('\\', c == '"' ? backslashes + 1 : 0).Append(c);
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> take)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            take(line);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            Platform.KillAll(process);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private static KlingException NotFound(string what, Exception? cause = null)
    {
        string install = IsWindows ? "winget install Gyan.FFmpeg"
            : System.Runtime.InteropServices.RuntimeInformation.IsOSPlatform(
                System.Runtime.InteropServices.OSPlatform.OSX) ? "brew install ffmpeg"
            : "sudo apt install ffmpeg, or what your distribution has for it";
        return new KlingException(KlingError.FfmpegNotFound, what, cause)
        {
            Action = $"Install ffmpeg ({install}), or give its path in $env:{Variable}.",
        };
    }
}
