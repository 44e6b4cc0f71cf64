using System.Collections.Concurrent;
using System.Diagnostics;
using CsCheck;
using KlingPS.Shared.Money;
using KlingPS.Shared.Replies;

namespace KlingPS.Benchmarks;

/// <summary>Reads as many damaged answers as told and checks that every rule holds for each.</summary>
internal sealed class FuzzVerb : Verb
{
    internal override string Name => "fuzz";

    internal override string Usage => "[--cases 1000000] [--seed S]";

    internal override string Summary =>
        "reads damaged answers of the service; nothing but a task or a KlingException may come out";

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
            ReplyCases.All.Sample(
                given => tally.Add(given, ReplyRules.Check(given)),
                seed: seed,
                iter: cases,
                print: given => given.ToString());
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

/// <summary>What came out of many answers.</summary>
internal sealed class ReplyTally
{
    private readonly ConcurrentDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private (ReplyCase Case, Reading Reading)? _slowest;
    private (ReplyCase Case, Reading Reading)? _largest;
    private double _bytesPerByte;
    private long _count;

    internal long Count => Interlocked.Read(ref _count);

    internal void Add(ReplyCase given, Reading reading)
    {
        Interlocked.Increment(ref _count);
        string paid = given.IsPaid ? "paid" : "query";
        string money = reading.Error is { } error
            && given.IsPaid ? $", {error.Submission}{(error.IsRetryable ? ", sent again" : "")}" : "";
        _outcomes.AddOrUpdate($"{paid}: {reading.Outcome}{money}", 1, (_, before) => before + 1);
        lock (_gate)
        {
            _slowest = reading.Elapsed > (_slowest?.Reading.Elapsed ?? TimeSpan.Zero) ? (given, reading) : _slowest;
            _largest = reading.Allocated > (_largest?.Reading.Allocated ?? 0) ? (given, reading) : _largest;
            _bytesPerByte = Math.Max(
                _bytesPerByte,
                (double)(reading.Allocated - CostRules.BytesAtMost) / Math.Max(given.Received?.Length ?? 0, 1));
        }
    }

    internal void Print(TextWriter output, TimeSpan elapsed)
    {
        output.WriteLine($"{Count:N0} cases in {elapsed.TotalSeconds:0.0} s, every rule held.");
        foreach ((string outcome, long count) in _outcomes.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine($"{count,12:N0}  {outcome}");
        }

        (ReplyCase slow, Reading slowest) = _slowest!.Value;
        (ReplyCase large, Reading largest) = _largest!.Value;
        output.WriteLine(
            $"Slowest: {slowest.Elapsed.TotalMilliseconds:0.00} ms for {slow.Body.Length:N0} bytes of "
                + $"'{slow.Origin.Name}' ({slowest.Outcome}).");
        output.WriteLine(
            $"Most allocated: {largest.Allocated:N0} bytes for {large.Body.Length:N0} bytes of '{large.Origin.Name}' "
                + $"({largest.Outcome}).");
        output.WriteLine(
            $"Most per byte of a body, beyond the first {CostRules.BytesAtMost / 1024} KB: {_bytesPerByte:0.0} bytes.");
    }
}

/// <summary>The money proof: many paid submissions under random faults, each followed from both ends.</summary>
internal sealed class MoneyVerb : Verb
{
    internal override string Name => "money";

    internal override string Usage => "[--submissions 10000] [--seed 1]";

    internal override string Summary =>
        "submits under random faults; every task created is told of and none is created twice";

    internal override async Task<int> RunAsync(Options options)
    {
        int submissions = (int)options.Count("--submissions", 10_000);
        int seed = (int)options.Count("--seed", 1);
        options.RefuseOthers();
        bool holds = true;
        foreach (KlingProvider provider in new[] { KlingProvider.CometApi, KlingProvider.Kling })
        {
            MoneyLedger ledger = await MoneyProof.RunAsync(submissions, seed, provider, CancellationToken.None);
            Console.WriteLine($"{provider}:");
            ledger.Print(Console.Out);
            holds &= ledger.Holds;
        }

        return holds ? 0 : 1;
    }
}
