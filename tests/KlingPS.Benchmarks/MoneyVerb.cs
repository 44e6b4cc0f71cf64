using KlingPS.Shared.Money;

namespace KlingPS.Benchmarks;

/// <summary>The money proof: many paid submissions under random faults, each followed from both ends.</summary>
internal sealed class MoneyVerb : Verb
{
    internal override string Name => "money";

    internal override string Usage => "[--submissions 10000] [--seed 1]";

    internal override string Summary => "submits under random faults; every task created is told of and none is created twice";

    internal override async Task<int> RunAsync(Options options)
    {
        int submissions = (int)options.Count("--submissions", 10_000);
        int seed = (int)options.Count("--seed", 1);
        options.RefuseOthers();
        MoneyLedger ledger = await MoneyProof.RunAsync(submissions, seed, CancellationToken.None);
        ledger.Print(Console.Out);
        return ledger.Holds ? 0 : 1;
    }
}
