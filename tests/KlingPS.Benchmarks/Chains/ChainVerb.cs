using System.Diagnostics;
using System.Globalization;
using KlingPS.Journal;
using KlingPS.TestServer;

namespace KlingPS.Benchmarks.Chains;

/// <summary>A video goes on to 30 seconds by each method, killed again and again: no step is paid twice.</summary>
internal sealed class ChainVerb : Verb
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Chains", "chain.ps1");

    private string _pwsh = "pwsh";
    private string _folder = "";

    internal override string Name => "chain";

    internal override string Usage => "--pwsh PATH [--kills 5] [--seed 1]";

    internal override string Summary => "lets a video go on to 30 s by each method, killed and run again; needs ffmpeg";

    internal override async Task<int> RunAsync(Options options)
    {
        _pwsh = options.Text("--pwsh") ?? _pwsh;
        int kills = (int)options.Count("--kills", 5);
        int seed = (int)options.Count("--seed", 1);
        options.RefuseOthers();
        _folder = Directory.CreateTempSubdirectory("KlingPS.Chain.").FullName;
        try
        {
            // A parent of 5 s and steps of 4.5 s; or six clips of 5 s.
            bool holds = await KilledAndRunAgainAsync("Extend", "kling-v1-6", 0, 1 + 6, kills, seed);
            holds &= await KilledAndRunAgainAsync("NextShot", "kling-v3", 5, 1 + 5, kills, seed);
            holds &= await KilledAndRunAgainAsync("LastFrame", "kling-v3", 5, 1 + 5, kills, seed);
            Console.WriteLine(holds ? "The proof holds." : "THE PROOF DOES NOT HOLD.");
            return holds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<bool> KilledAndRunAgainAsync(
        string method, string model, int stepSeconds, int planned, int kills, int seed)
    {
        Random random = new(seed);
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.KeepRequests = false;
            settings.TaskDuration = TimeSpan.FromSeconds(1);
        });
        await ExpectSecondsAsync(server, method);
        for (int i = 0; i < kills; i++)
        {
            // While the service works on a task: a kill between request and answer is what the tests try.
            await RunAsync(server, method, model, stepSeconds, (i + 1, 0.1 + (0.8 * random.NextDouble())));
        }

        int before = server.CreatedCount;
        int errors = await RunAsync(server, method, model, stepSeconds, null);
        string whole = Path.Combine(_folder, method, "whole.mp4");
        double seconds = errors == 0 ? await SecondsAsync(whole) : 0;
        Console.WriteLine(
            $"{method}: killed {kills} times, with {before} tasks by then; {server.CreatedCount} tasks at the server, "
                + $"{planned} planned, {errors} errors; {seconds:0.00} s by ffprobe");
        return errors == 0 && server.CreatedCount == planned && seconds >= 30;
    }

    // A wait would expect minutes.
    private async Task ExpectSecondsAsync(KlingTestServer server, string state)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "state-" + state, "KlingPS")).FullName;
        TaskJournal journal = new(
            new FileJournalStore(Path.Combine(folder, "journal.jsonl"), TimeProvider.System), TimeProvider.System);
        foreach (KlingTaskKind kind in Enum.GetValues<KlingTaskKind>())
        {
            for (int i = 0; i < 5; i++)
            {
                await journal.RecordDurationAsync(
                    server.BaseUri.Authority, kind, TimeSpan.FromSeconds(1), 10, CancellationToken.None);
            }
        }
    }

    /// <returns>How many errors it had; -1 when it was killed.</returns>
    private async Task<int> RunAsync(
        KlingTestServer server, string method, string model, int stepSeconds, (int Tasks, double Seconds)? kill)
    {
        ProcessStartInfo start = new(
            _pwsh,
            [
                "-NoProfile", "-NonInteractive", "-File", Script, Repository.Manifest, server.BaseUri.AbsoluteUri,
                Path.Combine(_folder, method), model, method, stepSeconds.ToString(CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_folder, "state-" + method);
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        Task killed = kill is { } when ? KillAsync(process, server, when.Tasks, when.Seconds) : Task.CompletedTask;
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ERROR ", StringComparison.Ordinal))
            {
                Console.WriteLine(line);
            }

            last = line;
        }

        await process.WaitForExitAsync();
        await killed;
        return last?.StartsWith("ENDED ", StringComparison.Ordinal) == true
            ? int.Parse(last["ENDED ".Length..], CultureInfo.InvariantCulture)
            : -1;
    }

    private static async Task KillAsync(Process process, KlingTestServer server, int tasks, double seconds)
    {
        while (server.CreatedCount < tasks && !process.HasExited)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds));
        process.Kill();
    }

    private static async Task<double> SecondsAsync(string path)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path])
            {
                RedirectStandardOutput = true,
            })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return double.TryParse(output, CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;
    }
}
