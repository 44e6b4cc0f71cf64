using System.Diagnostics;

namespace KlingPS.Pipeline;

/// <summary>What the requests of one command wait for; shown once a second, and once more when none waits.</summary>
/// <param name="show">Gets what <see cref="Longest"/> says, from any thread.</param>
internal sealed class WaitIndicator(Action<string?, TimeSpan> show) : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private readonly List<Note> _notes = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Timer? _tick;

    /// <returns>To be disposed of when it goes on; null where that is too soon to be shown.</returns>
    internal IDisposable? Add(TimeSpan length, string reason)
    {
        if (length <= Second)
        {
            return null;
        }

        lock (_lock)
        {
            Note note = new(this, _clock.Elapsed + length, reason);
            _notes.Add(note);
            _tick ??= new Timer(_ => Show(), null, TimeSpan.Zero, Second);
            return note;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _notes.Clear();
            Stop();
        }
    }

    /// <summary>What takes longest, and what is left of it.</summary>
    internal (string? Reason, TimeSpan Left) Longest()
    {
        lock (_lock)
        {
            Note? longest = null;
            foreach (Note note in _notes)
            {
                longest = longest is null || note.End > longest.End ? note : longest;
            }

            TimeSpan left = longest is null ? TimeSpan.Zero : longest.End - _clock.Elapsed;
            return (longest?.Reason, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private void Show()
    {
        lock (_lock)
        {
            (string? reason, TimeSpan left) = Longest();
            if (reason is null)
            {
                Stop();
            }

            show(reason, left);
        }
    }

    private void Stop()
    {
        _tick?.Dispose();
        _tick = null;
    }

    private sealed class Note(WaitIndicator owner, TimeSpan end, string reason) : IDisposable
    {
        internal TimeSpan End => end;

        internal string Reason => reason;

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._notes.Remove(this);
            }
        }
    }
}
