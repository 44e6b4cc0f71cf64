using System.Collections.Concurrent;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Soak;

/// <summary>What became of every task of a soak.</summary>
internal sealed class SoakLedger
{
    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private int _finished;
    private int _twice;
    private int _unknown;
    private int _saved;

    internal int FinishedCount => Volatile.Read(ref _finished);

    internal int InFlight => _ended.Count - FinishedCount;

    internal IEnumerable<string> Emitted => _ended.Keys;

    /// <summary>Tasks that either the journal or the ledger does not know.</summary>
    internal int NotInJournal { get; set; }

    internal int Unanswered { get; set; }

    internal void Submitted(KlingTask task) => _ended[task.TaskId] = false;

    internal void Refused(KlingException error)
    {
        Count("submission", error);
        if (error.Submission == SubmissionOutcome.Unknown)
        {
            Interlocked.Increment(ref _unknown);
        }
    }

    internal void Finished(WaitOutcome outcome)
    {
        Interlocked.Increment(ref _finished);
        if (!_ended.TryUpdate(outcome.Task.TaskId, true, false))
        {
            Interlocked.Increment(ref _twice);
        }

        if (outcome.Error is { } error)
        {
            Count("wait", error);
        }
    }

    internal void Saved(long bytes) => Interlocked.Add(ref _saved, bytes > 0 ? 1 : 0);

    internal void NotSaved(KlingException error) => Count("save", error);

    internal bool Holds(int created) =>
        _ended.Values.All(ended => ended)
        && _twice == 0
        && NotInJournal == 0
        && Unanswered == 0
        && created >= _ended.Count
        && created <= _ended.Count + _unknown
        && !_errors.Keys.Any(error => error.StartsWith("wait", StringComparison.Ordinal));

    internal void Print(TextWriter output, int created)
    {
        output.WriteLine(FormattableString.Invariant($"{created:N0} tasks created by the server; {_ended.Count:N0} emitted, {_unknown:N0} submissions unknown."));
        output.WriteLine(FormattableString.Invariant($"{_ended.Values.Count(ended => ended):N0} of {_ended.Count:N0} waited for to their end, {_twice} told twice, {_saved:N0} videos saved; journal: {NotInJournal} differ, {Unanswered} unanswered."));
        foreach ((string error, int count) in _errors.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine(FormattableString.Invariant($"{count,8:N0}  {error}"));
        }
    }

    private void Count(string where, KlingException error) =>
        _errors.AddOrUpdate($"{where}: {error.ErrorId}", 1, (_, before) => before + 1);
}
