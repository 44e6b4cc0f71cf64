using KlingPS.Benchmarks.Commands;
using KlingPS.Benchmarks.Endings;
using KlingPS.Benchmarks.Pace;
using KlingPS.Benchmarks.Scenarios;
using KlingPS.Benchmarks.Soak;

namespace KlingPS.Benchmarks;

/// <summary>A table of verbs. Adding one is adding its class and its row here.</summary>
internal static class Program
{
    private static readonly Verb[] Verbs =
    [
        new ClientVerb(),
        new ColdVerb(),
        new EndingsVerb(),
        new FuzzVerb(),
        new ImportVerb(),
        new JournalVerb(),
        new MoneyVerb(),
        new DownloadVerb(),
        new SlotsVerb(),
        new GrowVerb(),
        new PaceVerb(),
        new SoakVerb(),
        new WaitVerb(),
        new WarmVerb(),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        Verb? verb = Array.Find(Verbs, candidate => candidate.Name == arguments.FirstOrDefault());
        if (verb is null)
        {
            await Console.Error.WriteLineAsync("Usage: dotnet run -c Release --project tests/KlingPS.Benchmarks -- <verb> [options]");
            foreach (Verb known in Verbs)
            {
                await Console.Error.WriteLineAsync($"  {known.Name} {known.Usage}: {known.Summary}");
            }

            return 2;
        }

        try
        {
            return await verb.RunAsync(new Options(arguments.AsSpan(1)));
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Usage: {verb.Name} {verb.Usage}");
            return 2;
        }
    }
}
