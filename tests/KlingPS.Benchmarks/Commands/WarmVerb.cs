namespace KlingPS.Benchmarks.Commands;

/// <summary>What a call costs in a session that has made many.</summary>
internal sealed class WarmVerb : Verb
{
    private const double Bound = 0.4;

    // A raw HttpClient called from a script takes 0.21 of the time of Invoke-RestMethod.
    private const double BoundOnRaw = Bound / 0.21;

    internal override string Name => "warm";

    internal override string Usage => "[--calls 200] [--pairs 15] [--write docs/performance.md]";

    internal override string Summary => "calls Get-KlingTask and Invoke-RestMethod many times in a row in one process, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int calls = (int)options.Count("--calls", 200);
        int pairs = (int)options.Count("--pairs", 15);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServedTask task = await ServedTask.StartAsync();
        using FreshShell shell = new() { BaseUri = task.BaseUri };
        shell.Announce(Console.Out, "a raw HttpClient called from the script");
        string theirs = shell.IsPwsh ? "Invoke-RestMethod in the same pwsh" : "a raw HttpClient called from the same script";
        Pairs times = new($"{calls} times Get-KlingTask", theirs);
        double[][] rows = await shell.RunAsync("warm.ps1", shell.IsPwsh ? "Rest" : "Raw", Repository.Manifest, task.Id, $"{pairs}", $"{calls}");
        Array.ForEach(rows, row => times.Add(row[0], row[1]));
        times.Print(Console.Out);
        return Figure
            .OfRatio("Warm cmdlet", $"Get-KlingTask, warm, {calls} calls in a row", theirs, times.Ratio, shell.IsPwsh ? Bound : BoundOnRaw, Name)
            .Conclude(Console.Out, page);
    }
}
