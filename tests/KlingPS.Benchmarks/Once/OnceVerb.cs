using System.Diagnostics;
using System.Globalization;
using KlingPS.Sandbox;
using KlingPS.TestServer;

namespace KlingPS.Benchmarks.Once;

/// <summary>A table with -Once: however often, wherever and beside whatever it runs, a row is paid once.</summary>
internal sealed class OnceVerb : Verb
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Once", "table.ps1");

    private string _pwsh = "pwsh";
    private string _folder = "";

    internal override string Name => "once";

    internal override string Usage => "--pwsh PATH [--rows 200] [--kills 10] [--seed 1]";

    internal override string Summary =>
        "runs a table with -Once: killed and run again, on two machines, side by side, and under a daily limit";

    internal override async Task<int> RunAsync(Options options)
    {
        _pwsh = options.Text("--pwsh") ?? _pwsh;
        int rows = (int)options.Count("--rows", 200);
        int kills = (int)options.Count("--kills", 10);
        int seed = (int)options.Count("--seed", 1);
        options.RefuseOthers();
        _folder = Directory.CreateTempSubdirectory("KlingPS.Once.").FullName;
        try
        {
            bool holds = await KilledAndRunAgainAsync(rows, kills, seed);
            holds &= await OnTwoMachinesAsync(rows, seed);
            holds &= await SideBySideAsync(rows);
            holds &= await UnderADailyLimitAsync();
            Console.WriteLine(holds ? "The proof holds." : "THE PROOF DOES NOT HOLD.");
            return holds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<bool> KilledAndRunAgainAsync(int rows, int kills, int seed)
    {
        Random random = new(seed);
        RandomFaults faults = new(seed, 0.05, singleOnly: true);
        await using KlingTestServer server = await StartAsync(_ => faults.Draw());
        string table = Table("killed", rows);
        for (int i = 0; i < kills; i++)
        {
            TimeSpan after = TimeSpan.FromSeconds(0.2 + (random.NextDouble() * 6));
            await RunAsync(server, table, "killed", "killed", kill: after);
        }

        int runs = await UntilQuietAsync(server, table, "killed", "killed");
        return Report(
            $"{kills} times killed, then {runs} runs until one was quiet, 5 % faults", server, rows, ["killed"]);
    }

    private async Task<bool> OnTwoMachinesAsync(int rows, int seed)
    {
        RandomFaults faults = new(seed + 1, 0.05, singleOnly: true);
        await using KlingTestServer server = await StartAsync(_ => faults.Draw());
        string table = Table("machines", rows);
        int[] runs = await Task.WhenAll(
            UntilQuietAsync(server, table, "machine1", "machine1"),
            UntilQuietAsync(server, table, "machine2", "machine2"));
        return Report(
            $"two machines at the same time, {runs[0]} and {runs[1]} runs, 5 % faults", server, rows,
            ["machine1", "machine2"]);
    }

    private async Task<bool> SideBySideAsync(int rows)
    {
        await using KlingTestServer server = await StartAsync(_ => null);
        string table = Table("beside", rows);
        await Task.WhenAll(
            RunAsync(server, table, "beside", "beside1"), RunAsync(server, table, "beside", "beside2"));
        return Report("two processes of one machine at the same moment", server, rows, ["beside1", "beside2"]);
    }

    private async Task<bool> UnderADailyLimitAsync()
    {
        await using KlingTestServer server = await StartAsync(_ => null);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            i => RunAsync(server, Table($"limit{i}", 30), "limit", "limit", perDay: 50)));
        return Report("four processes of 30 rows, -MaxPaidTasksPerDay 50", server, 50, ["limit"]);
    }

    private static Task<KlingTestServer> StartAsync(Func<ReceivedRequest, Fault?> faults) =>
        KlingTestServer.StartAsync(settings =>
        {
            settings.KeepRequests = false;
            settings.TaskDuration = TimeSpan.FromSeconds(1);
            settings.FaultFor = faults;
        });

    private string Table(string name, int rows)
    {
        string path = Path.Combine(_folder, name + ".csv");
        File.WriteAllLines(
            path, ["Name,Prompt", .. Enumerable.Range(1, rows).Select(i => $"{name}-{i:000},A harbour at hour {i}")]);
        return path;
    }

    // A submission that the service may still get is left alone for a minute after its timeout.
    private async Task<int> UntilQuietAsync(KlingTestServer server, string table, string state, string into)
    {
        for (int run = 1; ; run++)
        {
            if (await RunAsync(server, table, state, into) == 0 || run == 60)
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromSeconds(5));
        }
    }

    /// <returns>How many errors it had; -1 when it was killed.</returns>
    private async Task<int> RunAsync(
        KlingTestServer server,
        string table,
        string state,
        string into,
        int? perDay = null,
        TimeSpan? kill = null)
    {
        ProcessStartInfo start = new(
            _pwsh,
            [
                "-NoProfile", "-NonInteractive", "-File", Script, Repository.Manifest, server.BaseUri.AbsoluteUri,
                table, Path.Combine(_folder, into), perDay?.ToString(CultureInfo.InvariantCulture) ?? "none",
            ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_folder, "state-" + state);
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "READY" && kill is { } after)
            {
                await Task.Delay(after);
                process.Kill();
            }

            last = line;
        }

        await process.WaitForExitAsync();
        return last?.StartsWith("ENDED ", StringComparison.Ordinal) == true
            ? int.Parse(last["ENDED ".Length..], CultureInfo.InvariantCulture)
            : -1;
    }

    private bool Report(string what, KlingTestServer server, int expected, string[] folders)
    {
        SandboxTask[] created = [.. server.Service.Created];
        int twice = created.Length - created.Select(task => task.Order.ExternalTaskId).Distinct().Count();
        int[] files = [.. folders.Select(folder => Directory.GetFiles(Path.Combine(_folder, folder), "*.mp4").Length)];
        Console.WriteLine(
            $"{what}: {created.Length} tasks at the server, {twice} paid twice, "
                + $"{string.Join(" and ", files)} files under their names");
        return created.Length == expected && twice == 0 && files.All(count => count == expected);
    }
}
