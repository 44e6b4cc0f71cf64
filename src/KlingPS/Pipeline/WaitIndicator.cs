using System.Diagnostics;
using KlingPS.Waiting;

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
            Note? longest = _notes.OrderByDescending(note => note.End).FirstOrDefault();
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

/// <summary>
/// The bar of a wait: counts by state, time passed, and time to go when it can be known; below it a line for each
/// of the first open tasks.
/// </summary>
internal sealed class WaitBar(int activityId, PipelineWriter writer, WaitIndicator pauses)
{
    /// <summary>The last record; null before the first, and once the bar is cleared.</summary>
    internal ProgressRecord? Shown { get; set; }

    internal void Show(WaitProgress progress)
    {
        if (progress.Total == 0)
        {
            return;
        }

        ProgressRecord whole = Shown = Whole(progress);
        // For one task the line would repeat the bar.
        writer.Progress(
            progress.Total == 1 ? [whole] : [whole, .. progress.Open.Select((task, i) => Line(whole, i + 1, task))]);
    }

    private static ProgressRecord Line(ProgressRecord whole, int place, OpenTask? open)
    {
        string name = DisplayText.ToDisplay(open?.Task.Title ?? "");
        name = string.IsNullOrWhiteSpace(name) ? open?.Task.TaskId ?? "-" : name;
        string state = open is null ? "-"
            : open.Task.Status == KlingTaskStatus.Unknown ? "not seen yet"
            : open.Task.Status.ToString().ToLowerInvariant();
        return new ProgressRecord(
            whole.ActivityId + (place << 16), name, open is null ? state : $"{state}, {Clock(open.Age)}")
        {
            ParentActivityId = whole.ActivityId,
            SecondsRemaining = open?.Remaining is { } left ? (int)Math.Ceiling(left.TotalSeconds) : -1,
            RecordType = open is null ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
    }

    private ProgressRecord Whole(WaitProgress progress)
    {
        (string? pauseReason, TimeSpan pauseLeft) = pauses.Longest();
        (int Count, string Word)[] states =
        [
            (progress.Submitted, "submitted"),
            (progress.Processing, "processing"),
            (progress.Unknown, "not seen yet"),
            (progress.Succeeded, "succeeded"),
            (progress.Failed, "failed"),
        ];
        string counts = string.Join(
            ", ", states.Where(state => state.Count > 0).Select(state => $"{state.Count} {state.Word}"));
        string tasks = progress.Total == 1 ? "1 Kling task" : $"{progress.Total} Kling tasks";
        string status = $"{counts}; {Clock(progress.Elapsed)} elapsed";
        double pause = Math.Ceiling(pauseLeft.TotalSeconds);
        status += pauseReason is not null ? $"; pausing for {pause:0} s more: {pauseReason}"
            : progress.Trouble is { } trouble ? $"; {trouble}"
            : "";
        return new ProgressRecord(activityId, $"Waiting for {tasks}", status)
        {
            PercentComplete = progress.Total == 0 ? 0 : (int)(100L * progress.Finished / progress.Total),
            SecondsRemaining = progress.Remaining is { } left ? (int)Math.Ceiling(left.TotalSeconds) : -1,
        };
    }

    private static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
            : $"{time.Minutes}:{time.Seconds:00}";
}
