using System.Diagnostics;
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
    internal Task QueryAsync(
        string taskId,
        KlingTaskKind kind,
        TaskDetails known,
        Action<KlingTask> found,
        CancellationToken token) => WithSlotAsync(
            async () => found(await client.GetAsync(taskId, kind, known, token).ConfigureAwait(false)),
            known.Name,
            taskId,
            token);

    internal async Task SaveAsync(KlingTask task, KlingVideo video, string path, CancellationToken token)
    {
        Bar.Added();
        try
        {
            await WithSlotAsync(
                async () =>
                {
                    await client.SaveAsync(video, path, Bar.Counting(options), token).ConfigureAwait(false);
                    writer.Output(() => targets.Saved(task, video, path));
                },
                video.Name,
                video,
                token).ConfigureAwait(false);
        }
        finally
        {
            Bar.Finished();
        }
    }

    private async Task WithSlotAsync(Func<Task> work, string? name, object target, CancellationToken token)
    {
        await _gate.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (KlingException e)
        {
            e.TaskName = name;
            writer.Error(e, target);
        }
        finally
        {
            _gate.Release();
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
    private TimeSpan? _firstByte;
    private int _total;
    private int _started;
    private int _finished;
    private long _bytes;
    private long _announced;
    private string? _pause;

    /// <summary>The last record, or null when none was shown.</summary>
    internal ProgressRecord? Shown { get; private set; }

    internal void Added() => Update(() => _total++);

    internal void Finished() => Update(() => _finished++);

    /// <summary>The options of one download, with its bytes counted here.</summary>
    internal SaveOptions Counting(SaveOptions options)
    {
        // What an attempt that broke off still lacked is announced again by the next.
        long missing = 0;
        bool isStarted = false;
        return options with
        {
            Announced = bytes => Update(() =>
            {
                _announced += bytes - missing;
                missing = bytes;
                _started += isStarted ? 0 : 1;
                isStarted = true;
            }),
            Received = bytes => Update(() =>
            {
                _firstByte ??= _clock.Elapsed;
                _bytes += bytes;
                missing -= bytes;
            }),
        };
    }

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
            double speed = megabytes / Math.Max((_clock.Elapsed - (_firstByte ?? _clock.Elapsed)).TotalSeconds, 0.1);
            string all = _announced > _bytes ? $" of {_announced / 1e6:0.0}" : "";
            string status = _pause ?? $"{_finished} of {_total} saved, {megabytes:0.0}{all} MB, {speed:0.0} MB/s";
            // Of those that have begun, by their bytes.
            double begun = Math.Max((double)_started / Math.Max(_total, 1) * _bytes / Math.Max(_announced, 1), 0);
            double done = Math.Max(begun, (double)_finished / Math.Max(_total, 1));
            string videos = _total == 1 ? "1 Kling video" : _total == 0 ? "Kling videos" : $"{_total} Kling videos";
            Shown = new ProgressRecord(ActivityId, "Saving " + videos, status)
            {
                PercentComplete = (int)(100 * Math.Min(done, 1)),
            };
            writer.Progress(Shown);
        }
    }
}
