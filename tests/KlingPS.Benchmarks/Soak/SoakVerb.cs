namespace KlingPS.Benchmarks.Soak;

/// <summary>Keeps many tasks in flight for minutes while requests go wrong: nothing may be lost, nothing may grow.</summary>
internal sealed class SoakVerb : Verb
{
    internal override string Name => "soak";

    internal override string Usage => "[--minutes 10] [--tasks 2000]";

    internal override string Summary => "keeps tasks in flight for minutes with 5 % faults; memory and handles stay flat and no task is lost";

    internal override async Task<int> RunAsync(Options options)
    {
        TimeSpan length = TimeSpan.FromMinutes(options.Count("--minutes", 10));
        int tasks = (int)options.Count("--tasks", 2000);
        options.RefuseOthers();
        await using ServerProcess server = await ServerProcess.StartAsync("--faults", "0.05");
        SoakLedger ledger = new();
        SoakMeter meter = new(ledger);
        await new SoakRun(server.BaseUri, tasks, length, ledger).RunAsync(meter);
        int created = await server.StopAsync();
        meter.Print(Console.Out);
        ledger.Print(Console.Out, created);
        bool holds = ledger.Holds(created) && meter.IsFlat;
        Console.WriteLine(holds ? "The soak holds." : "THE SOAK DOES NOT HOLD.");
        return holds ? 0 : 1;
    }
}
