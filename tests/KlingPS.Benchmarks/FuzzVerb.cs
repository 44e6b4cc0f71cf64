using System.Diagnostics;
using CsCheck;
using KlingPS.Shared.Replies;

namespace KlingPS.Benchmarks;

/// <summary>Reads as many damaged answers as told and checks that every rule holds for each.</summary>
internal sealed class FuzzVerb : Verb
{
    internal override string Name => "fuzz";

    internal override string Usage => "[--cases 1000000] [--seed S]";

    internal override string Summary => "reads damaged answers of the service; nothing but a task or a KlingException may come out";

    internal override Task<int> RunAsync(Options options)
    {
        long cases = options.Count("--cases", 1_000_000);
        string? seed = options.Text("--seed");
        options.RefuseOthers();
        ReplyTally tally = new();
        Array.ForEach(RealBodies.All, body => ReplyRules.Check(new ReplyCase(Asked.Query, 200, body, [], null)));
        long started = Stopwatch.GetTimestamp();
        try
        {
            ReplyCases.All.Sample(given => tally.Add(given, ReplyRules.Check(given)), seed: seed, iter: cases, print: given => given.ToString());
        }
        catch (CsCheckException e)
        {
            Console.WriteLine($"After {tally.Count} cases: {e.Message}");
            Console.WriteLine($"Broken rule: {e.InnerException?.Message}");
            return Task.FromResult(1);
        }

        tally.Print(Console.Out, Stopwatch.GetElapsedTime(started));
        return Task.FromResult(0);
    }
}
