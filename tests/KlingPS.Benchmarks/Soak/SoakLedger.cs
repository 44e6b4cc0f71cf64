using System.Collections.Concurrent;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Soak;

/// <summary>What became of every task of a soak.</summary>
internal sealed class SoakLedger
{
    private readonly ConcurrentDictionary<string, byte> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private int _emitted;
    private int _finished;
    private int _stray;
    private int _unknown;
    private int _saved;

    internal int FinishedCount => Volatile.Read(ref _finished);

    internal int InFlight => _open.Count;

    /// <summary>Tasks in the journal.</summary>
    internal int InJournal { get; set; }

    internal int Unanswered { get; set; }

    internal void Submitted(KlingTask task)
    {
        Interlocked.Increment(ref _emitted);
        _open[task.TaskId] = 0;
    }

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
        if (!_open.TryRemove(outcome.Task.TaskId, out _))
        {
            Interlocked.Increment(ref _stray);
        }

        if (outcome.Error is { } error)
        {
            Count("wait", error);
        }
    }

    internal void Saved(long bytes) => Interlocked.Add(ref _saved, bytes > 0 ? 1 : 0);

    internal void NotSaved(KlingException error) => Count("save", error);

    internal bool Holds(int created) =>
        _open.IsEmpty
        && _finished == _emitted
        && _stray == 0
        && InJournal == _emitted
        && Unanswered == 0
        && created >= _emitted
        && created <= _emitted + _unknown
        && !_errors.Keys.Any(error => error.StartsWith("wait", StringComparison.Ordinal));

    internal void Print(TextWriter output, int created)
    {
        output.WriteLine(FormattableString.Invariant($"{created:N0} tasks created by the server; {_emitted:N0} emitted, {_unknown:N0} submissions unknown."));
        output.WriteLine(FormattableString.Invariant($"{_finished:N0} of {_emitted:N0} waited for to their end, {_stray} told twice or unasked, {_saved:N0} videos saved; journal: {InJournal:N0} tasks, {Unanswered} unanswered."));
        foreach ((string error, int count) in _errors.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine(FormattableString.Invariant($"{count,8:N0}  {error}"));
        }
    }

    private void Count(string where, KlingException error) =>
        _errors.AddOrUpdate($"{where}: {error.ErrorId}", 1, (_, before) => before + 1);
}
