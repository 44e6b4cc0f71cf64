namespace KlingPS.Benchmarks.Commands;

/// <summary>What the import of the module costs beyond that of a module that is nothing.</summary>
internal sealed class ImportVerb : Verb
{
    private const double Bound = 1.2;

    internal override string Name => "import";

    internal override string Usage => "[--pairs 21] [--write docs/performance.md]";

    internal override string Summary => "imports the module and an empty binary module in fresh processes, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int pairs = (int)options.Count("--pairs", 21);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        using FreshShell shell = new();
        shell.Announce(Console.Out);
        Pairs times = new("KlingPS", "an empty module");
        for (int i = 0; i < pairs; i++)
        {
            times.Add(await ImportAsync(shell, Repository.Manifest), await ImportAsync(shell, Measured.EmptyManifest));
        }

        times.Print(Console.Out);
        return Figure
            .OfRatio(
                "Import of the module in a fresh process", $"an empty binary module in {shell.Name}",
                times.Ratio, Bound, Name)
            .Conclude(Console.Out, page);
    }

    private static async Task<double> ImportAsync(FreshShell shell, string manifest) =>
        (await shell.RunAsync("import.ps1", manifest))[0][0];
}

/// <summary>What the first call of a session costs.</summary>
internal sealed class ColdVerb : Verb
{
    private const double Bound = 0.35;

    // Neither JSON nor a journal nor a cmdlet is compiled there.
    private const double BoundOnRaw = 1.5;

    internal override string Name => "cold";

    internal override string Usage => "[--pairs 15] [--write docs/performance.md]";

    internal override string Summary =>
        "makes the first Get-KlingTask and the first Invoke-RestMethod of fresh processes, in turns";

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
        string theirs = shell.IsPwsh
            ? "the first Invoke-RestMethod in pwsh"
            : "the first call of a raw HttpClient in the hosted engine";
        Pairs times = new("Get-KlingTask", theirs);
        for (int i = 0; i < pairs; i++)
        {
            times.Add(await CallAsync(shell, "Kling", task.Id), await CallAsync(shell, other, task.Id));
        }

        times.Print(Console.Out);
        return Figure
            .OfRatio(
                "First Get-KlingTask after the import, table views included", theirs, times.Ratio,
                shell.IsPwsh ? Bound : BoundOnRaw, Name)
            .Conclude(Console.Out, page);
    }

    private static async Task<double> CallAsync(FreshShell shell, string caller, string taskId) =>
        (await shell.RunAsync("cold.ps1", caller, Repository.Manifest, taskId))[0][0];
}

/// <summary>What a call costs in a session that has made many.</summary>
internal sealed class WarmVerb : Verb
{
    private const double BoundOnRest = 0.35;
    private const double BoundOnRaw = 1.25;
    private const double BoundOnLeast = 2.5;

    internal override string Name => "warm";

    internal override string Usage => "[--calls 200] [--pairs 201] [--write docs/performance.md]";

    internal override string Summary =>
        "calls Get-KlingTask, Invoke-RestMethod, HttpClient and a minimal cmdlet many times in a row, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int calls = (int)options.Count("--calls", 200);
        int pairs = (int)options.Count("--pairs", 201);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServedTask task = await ServedTask.StartAsync();
        using FreshShell shell = new() { BaseUri = task.BaseUri };
        shell.Announce(Console.Out, "HttpClient called from the script");
        string ours = $"Get-KlingTask, warm, {calls} calls in a row";
        List<(string Theirs, double Bound)> others = [
            ("HttpClient and ConvertFrom-Json in the same script", BoundOnRaw),
            ("HttpClient in the same script, for the text alone", BoundOnRaw),
            ("a cmdlet that only makes the request and reads the id", BoundOnLeast),
        ];
        if (shell.IsPwsh)
        {
            others.Insert(0, ("Invoke-RestMethod in the same pwsh", BoundOnRest));
        }

        double[][] rows = await shell.RunAsync(
            "warm.ps1", shell.IsPwsh ? "Rest" : "Raw", Repository.Manifest, task.Id, $"{pairs}", $"{calls}");
        List<Figure> figures = [];
        foreach ((string theirs, double bound) in others)
        {
            Pairs times = new(ours, theirs);
            Array.ForEach(rows, row => times.Add(row[0], row[1 + figures.Count]));
            times.Print(Console.Out);
            figures.Add(Figure.OfRatio(ours, theirs, times.Ratio, bound, Name));
        }

        return Figure.Conclude(Console.Out, page, figures);
    }
}

/// <summary>What -Once costs a call that pays.</summary>
internal sealed class PaidVerb : Verb
{
    private const double Bound = 1.2;

    internal override string Name => "paid";

    internal override string Usage => "[--calls 50] [--pairs 15] [--write docs/performance.md]";

    internal override string Summary => "calls New-KlingVideo with -Once and without, in one process, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int calls = (int)options.Count("--calls", 50);
        int pairs = (int)options.Count("--pairs", 15);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServerProcess server = await ServerProcess.StartAsync("--task-seconds", "0");
        using FreshShell shell = new() { BaseUri = server.BaseUri };
        shell.Announce(Console.Out);
        Pairs times = new($"{calls} times New-KlingVideo -Once", $"{calls} times New-KlingVideo");
        double[][] rows = await shell.RunAsync("paid.ps1", Repository.Manifest, $"{pairs}", $"{calls}");
        Array.ForEach(rows, row => times.Add(row[0], row[1]));
        times.Print(Console.Out);
        return Figure
            .OfRatio(
                $"New-KlingVideo -Once, warm, {calls} calls in a row", "the same without -Once",
                times.Ratio, Bound, Name)
            .Conclude(Console.Out, page);
    }
}
