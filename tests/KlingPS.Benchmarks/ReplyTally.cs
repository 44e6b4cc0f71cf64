using System.Collections.Concurrent;
using System.Globalization;
using KlingPS.Shared.Replies;

namespace KlingPS.Benchmarks;

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
        string money = reading.Error is { } error && given.IsPaid ? $", {error.Submission}{(error.IsRetryable ? ", sent again" : "")}" : "";
        _outcomes.AddOrUpdate($"{paid}: {reading.Outcome}{money}", 1, (_, before) => before + 1);
        lock (_gate)
        {
            _slowest = reading.Elapsed > (_slowest?.Reading.Elapsed ?? TimeSpan.Zero) ? (given, reading) : _slowest;
            _largest = reading.Allocated > (_largest?.Reading.Allocated ?? 0) ? (given, reading) : _largest;
            _bytesPerByte = Math.Max(_bytesPerByte, (double)(reading.Allocated - CostRules.BytesAtMost) / Math.Max(given.Received?.Length ?? 0, 1));
        }
    }

    internal void Print(TextWriter output, TimeSpan elapsed)
    {
        output.WriteLine(Invariant($"{Count:N0} cases in {elapsed.TotalSeconds:0.0} s, every rule held."));
        foreach ((string outcome, long count) in _outcomes.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine(Invariant($"{count,12:N0}  {outcome}"));
        }

        (ReplyCase slow, Reading slowest) = _slowest!.Value;
        (ReplyCase large, Reading largest) = _largest!.Value;
        output.WriteLine(Invariant($"Slowest: {slowest.Elapsed.TotalMilliseconds:0.00} ms for {slow.Body.Length:N0} bytes of '{slow.Origin.Name}' ({slowest.Outcome})."));
        output.WriteLine(Invariant($"Most allocated: {largest.Allocated:N0} bytes for {large.Body.Length:N0} bytes of '{large.Origin.Name}' ({largest.Outcome})."));
        output.WriteLine(Invariant($"Most per byte of a body, beyond the first {CostRules.BytesAtMost / 1024} KB: {_bytesPerByte:0.0} bytes."));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
