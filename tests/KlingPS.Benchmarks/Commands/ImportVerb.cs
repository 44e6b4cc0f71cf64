namespace KlingPS.Benchmarks.Commands;

/// <summary>What the import of the module costs beyond that of a module that is nothing.</summary>
internal sealed class ImportVerb : Verb
{
    private const double Bound = 1.25;

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
            .OfRatio("Import", "Import of the module in a fresh process", $"an empty binary module in {shell.Name}", times.Ratio, Bound, Name)
            .Conclude(Console.Out, page);
    }

    private static async Task<double> ImportAsync(FreshShell shell, string manifest) =>
        (await shell.RunAsync("import.ps1", manifest))[0][0];
}
