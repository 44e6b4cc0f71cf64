namespace KlingPS.Benchmarks.Commands;

/// <summary>What the first call of a session costs.</summary>
internal sealed class ColdVerb : Verb
{
    private const double Bound = 1.0;

    internal override string Name => "cold";

    internal override string Usage => "[--pairs 15] [--write docs/performance.md]";

    internal override string Summary => "makes the first Get-KlingTask and the first Invoke-RestMethod of fresh processes, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int pairs = (int)options.Count("--pairs", 15);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServedTask task = await ServedTask.StartAsync();
        using FreshShell shell = new() { BaseUri = task.BaseUri };
        shell.Announce(Console.Out, "a raw HttpClient");
        string other = shell.IsPwsh ? "Rest" : "Raw";
        string theirs = shell.IsPwsh ? "the first Invoke-RestMethod in pwsh" : "the first call of a raw HttpClient in the hosted engine";
        Pairs times = new("Get-KlingTask", theirs);
        for (int i = 0; i < pairs; i++)
        {
            times.Add(await CallAsync(shell, "Kling", task.Id), await CallAsync(shell, other, task.Id));
        }

        times.Print(Console.Out);
        return Figure
            .OfRatio("First call", "First Get-KlingTask after the import", theirs, times.Ratio, Bound, Name)
            .Conclude(Console.Out, page);
    }

    private static async Task<double> CallAsync(FreshShell shell, string caller, string taskId) =>
        (await shell.RunAsync("cold.ps1", caller, Repository.Manifest, taskId))[0][0];
}
