using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using KlingPS.Benchmarks.Commands;
using KlingPS.Sandbox;
using KlingPS.TestServer;

namespace KlingPS.Benchmarks.Endings;

/// <summary>Processes that end in every way there is: each payment is told, and none is made twice.</summary>
internal sealed class EndingsVerb : Verb
{
    private static readonly string[] Endings =
        ["KILL", "KILL", "INT", "TERM", "HUP", "CtrlC", "Stop", "First", "Upstream", "Downstream", "End"];

    internal override string Name => "endings";

    internal override string Usage => "--pwsh PATH [--processes 2000] [--rows 5] [--seed 1]";

    internal override string Summary =>
        "ends processes that pay in every way there is; each payment is told and none is made twice";

    internal override async Task<int> RunAsync(Options options)
    {
        string pwsh = options.Text("--pwsh") ?? "pwsh";
        int processes = (int)options.Count("--processes", 2000);
        int rows = (int)options.Count("--rows", 5);
        int seed = (int)options.Count("--seed", 1);
        options.RefuseOthers();
        string state = Directory.CreateTempSubdirectory("KlingPS.Endings.").FullName;
        try
        {
            Random random = new(seed);
            await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
            {
                settings.KeepRequests = false;
                settings.TakesExternalIdsAgain = true;
                settings.FaultFor = _ => Draw();
            });
            EndingRun run = new(pwsh, state, server.BaseUri, rows);
            ConcurrentBag<(string Ending, int Throttle, EndedProcess Ended)> ended = [];
            (string Ending, int Throttle, int Delay, bool IsElsewhere)[] plan =
            [
                .. Enumerable.Range(0, processes).Select(i => (
                    Endings[i % Endings.Length], i / Endings.Length % 2 == 0 ? 1 : 8, random.Next(250),
                    random.Next(5) == 0)),
            ];
            await Parallel.ForAsync(0, processes, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            {
                (string ending, int throttle, int delay, bool isElsewhere) = plan[i];
                ended.Add((
                    ending, throttle,
                    await run.EndAsync(i, ending, throttle, TimeSpan.FromMilliseconds(delay), isElsewhere)));
            });
            return await new EndingLedger([.. ended], server).PrintAsync(run) ? 0 : 1;

            Fault? Draw()
            {
                lock (random)
                {
                    return random.Next(100) switch
                    {
                        < 40 => new Fault { Delay = TimeSpan.FromMilliseconds(random.Next(60)) },
                        < 50 => Fault.RespondAfterService(500),
                        < 55 => Fault.ResetAfterService(),
                        < 60 => Fault.ResetBeforeService(),
                        < 63 => Fault.HangAfterService(),
                        _ => null,
                    };
                }
            }
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }
}

/// <summary>What one process printed, and whether it came to its own end.</summary>
internal sealed record EndedProcess(string Output, bool HasEnded);

/// <summary>Starts the processes and ends them.</summary>
internal sealed class EndingRun(string pwsh, string state, Uri baseUri, int rows)
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "Endings");

    internal async Task<EndedProcess> EndAsync(
        int number, string ending, int throttle, TimeSpan delay, bool isElsewhere)
    {
        string[] arguments =
        [
            "-NoProfile", "-NonInteractive", "-File", Path.Combine(Scripts, "ending.ps1"), Repository.Manifest,
            baseUri.AbsoluteUri,
            Text(number), Text(rows), Text(throttle), ending,
        ];
        string[] command = ending == "CtrlC"
            // A terminal of its own, into which the key is typed.
            ? ["script", "-qfec", string.Join(' ', ["exec", pwsh, .. arguments]), "/dev/null"]
            : isElsewhere
                ? ["unshare", "--uts", "sh", "-c", $"hostname pod-{number}; exec \"$@\"", "sh", pwsh, .. arguments]
            : [pwsh, .. arguments];
        using Process process = Start(command);
        StringBuilder output = new();
        Task errors = CopyAsync(process.StandardError, output);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            Add(output, line);
            if (!line.StartsWith("READY", StringComparison.Ordinal)
                || ending is "Stop" or "First" or "Upstream" or "Downstream" or "End")
            {
                continue;
            }

            await Task.Delay(delay);
            if (ending == "CtrlC")
            {
                await TypeAsync(process, '\x03');
            }
            else
            {
                using Process kill = Start(["kill", $"-{ending}", Text(process.Id)]);
                await kill.WaitForExitAsync();
            }
        }

        await errors;
        await process.WaitForExitAsync();
        string text = output.ToString();
        bool isSignal = ending is "KILL" or "INT" or "TERM" or "HUP" or "CtrlC";
        return new EndedProcess(text, !isSignal || text.Contains("ENDED", StringComparison.Ordinal));
    }

    private static async Task TypeAsync(Process process, char key)
    {
        try
        {
            await process.StandardInput.WriteAsync(key);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It came to its own end first.
        }
    }

    internal async Task<string> ConnectAsync()
    {
        using Process process = Start(
        [
            pwsh, "-NoProfile", "-NonInteractive", "-File", Path.Combine(Scripts, "connecting.ps1"),
            Repository.Manifest, baseUri.AbsoluteUri,
        ]);
        StringBuilder output = new();
        await Task.WhenAll(CopyAsync(process.StandardError, output), CopyAsync(process.StandardOutput, output));
        await process.WaitForExitAsync();
        return output.ToString();
    }

    private Process Start(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["XDG_STATE_HOME"] = state;
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return Process.Start(start)!;
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            Add(to, line);
        }
    }

    private static void Add(StringBuilder to, string line)
    {
        lock (to)
        {
            to.AppendLine(line);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Both sides: what the server created, and where each of these was told.</summary>
internal sealed class EndingLedger((string Ending, int Throttle, EndedProcess Ended)[] ended, KlingTestServer server)
{
    internal async Task<bool> PrintAsync(EndingRun run)
    {
        SandboxTask[] created = [.. server.Service.Created];
        string later = await run.ConnectAsync();
        string outputs = Pack(
            string.Join('\n', ended.Where(item => item.Ended.HasEnded).Select(item => item.Ended.Output)));
        // A warning at the start of a session tells of earlier ones, whatever becomes of this one.
        string starts = Pack(string.Join(
            '\n', ended.Where(item => !item.Ended.HasEnded).Select(item => Before(item.Ended.Output, "READY"))));
        string sweep = Pack(later);
        // The process was killed between the end of its command and its own.
        string killed = Pack(
            string.Join('\n', ended.Where(item => !item.Ended.HasEnded).Select(item => item.Ended.Output)));
        int written = 0, told = 0, named = 0, shown = 0;
        List<SandboxTask> untold = [];
        foreach (SandboxTask task in created)
        {
            if (outputs.Contains($"TASK{task.TaskId}.", StringComparison.Ordinal))
            {
                written++;
            }
            else if (IsIn(outputs, task))
            {
                told++;
            }
            else if (IsIn(starts, task) || IsIn(sweep, task))
            {
                named++;
            }
            else if (IsIn(killed, task))
            {
                shown++;
            }
            else
            {
                untold.Add(task);
            }
        }

        string[] lines = later.Split('\n');
        int intents = lines.Count(line => line.StartsWith("INTENT ", StringComparison.Ordinal));
        int refused = lines.Count(line => line.StartsWith("REFUSED MayBePaidAlready", StringComparison.Ordinal));
        int twice = server.CreatedCount - created.Length;
        bool holds = untold.Count == 0 && twice == 0 && refused == intents;
        string endings = string.Join(", ", ended.GroupBy(item => item.Ending)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"));
        Console.WriteLine($"{ended.Length:N0} processes: {endings}");
        foreach (var group in ended.GroupBy(item => item.Throttle).OrderBy(group => group.Key))
        {
            Console.WriteLine($"{group.Count(),8:N0}  of them with -ThrottleLimit {group.Key}");
        }

        Console.WriteLine($"{created.Length,8:N0}  tasks created by the server");
        Console.WriteLine($"{written,8:N0}  written by a command that ended");
        Console.WriteLine($"{told,8:N0}  told as an error or a warning");
        Console.WriteLine($"{named,8:N0}  named by a later session");
        Console.WriteLine($"{shown,8:N0}  shown by a command that had ended when its process was killed");
        Console.WriteLine($"{untold.Count,8:N0}  untold");
        Console.WriteLine(
            $"{intents,8:N0}  unsettled at the end; sent again: {refused:N0} refused as MayBePaidAlready, {twice:N0} "
                + "paid twice");
        untold.Take(10).ToList().ForEach(
            task => Console.WriteLine($"UNTOLD {task.TaskId} {task.Order.ExternalTaskId}"));
        Console.WriteLine(holds ? "The proof holds." : "THE PROOF DOES NOT HOLD.");
        return holds;
    }

    private static bool IsIn(string text, SandboxTask task) =>
        text.Contains(task.TaskId, StringComparison.Ordinal)
            || text.Contains(task.Order.ExternalTaskId!, StringComparison.Ordinal);

    private static string Before(string text, string mark) => text.Split(mark)[0];

    // A console wraps its lines; no id has white space or a bar.
    private static string Pack(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '|'));
}
