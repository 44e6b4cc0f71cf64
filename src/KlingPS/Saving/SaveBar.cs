using System.Diagnostics;
using System.Management.Automation;
using KlingPS.Pipeline;

namespace KlingPS.Saving;

/// <summary>The one bar of a save, however many downloads; shown at most four times a second.</summary>
internal sealed class SaveBar(PipelineWriter writer)
{
    private const int ActivityId = 0x4B51;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.25);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _lock = new();
    private TimeSpan _next;
    private int _total;
    private int _finished;
    private long _bytes;
    private string? _pause;

    /// <summary>The last record, or null when none was shown.</summary>
    internal ProgressRecord? Shown { get; private set; }

    internal void Added() => Update(() => _total++);

    internal void Finished() => Update(() => _finished++);

    internal void Received(long bytes) => Update(() => _bytes += bytes);

    /// <param name="reason">Why nothing is asked for; null once it goes on.</param>
    internal void Pausing(string? reason) => Update(() => _pause = reason, now: true);

    private void Update(Action change, bool now = false)
    {
        lock (_lock)
        {
            change();
            if (!now && _clock.Elapsed < _next)
            {
                return;
            }

            _next = _clock.Elapsed + Shortest;
            double megabytes = _bytes / 1e6;
            double speed = megabytes / Math.Max(_clock.Elapsed.TotalSeconds, 0.1);
            string status = _pause ?? $"{_finished} of {_total} saved, {megabytes:0.0} MB, {speed:0.0} MB/s";
            string videos = _total == 1 ? "1 Kling video" : _total == 0 ? "Kling videos" : $"{_total} Kling videos";
            Shown = new ProgressRecord(ActivityId, "Saving " + videos, status)
            {
                PercentComplete = (int)(100L * _finished / Math.Max(_total, 1)),
            };
            writer.Progress(Shown);
        }
    }
}
