using System.Diagnostics;
using System.Management.Automation;
using KlingPS.Downloads;
using KlingPS.Pipeline;

namespace KlingPS.Saving;

/// <summary>
/// The queries and downloads of one command: so many at once, one bar, each file or error written as it comes.
/// </summary>
internal sealed class VideoSaver(
    KlingClient client,
    PipelineWriter writer,
    DestinationResolver targets,
    int atOnce,
    SaveOptions options) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(atOnce);

    internal SaveBar Bar { get; } = new(writer);

    /// <summary>Asks for a task that is known by its id only.</summary>
    internal async Task QueryAsync(string taskId, KlingTaskKind kind, Action<KlingTask> found, CancellationToken token)
    {
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            found(await client.GetAsync(taskId, kind, token).ConfigureAwait(false));
        }
        catch (KlingException e)
        {
            writer.Error(e, taskId);
        }
        finally
        {
            _gate.Release();
        }
    }

    internal async Task SaveAsync(KlingVideo video, string path, CancellationToken token)
    {
        Bar.Added();
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await client.SaveAsync(video, path, options with { Received = Bar.Received }, token).ConfigureAwait(false);
            writer.Output(() => targets.Saved(video, path));
        }
        catch (KlingException e)
        {
            writer.Error(e, video);
        }
        finally
        {
            _gate.Release();
            Bar.Finished();
        }
    }

    public void Dispose() => _gate.Dispose();
}

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
