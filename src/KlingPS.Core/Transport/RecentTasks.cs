using System.Collections.Concurrent;

namespace KlingPS.Transport;

/// <summary>
/// The tasks this connection has seen: their kinds, and which are so young that the service may not know them yet.
/// </summary>
internal sealed class RecentTasks(TimeProvider time)
{
    // What is older is known to the journal.
    private const int Capacity = 1_000;

    // Reads may trail the write at the service by seconds.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SeenTask> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>A task the service told about; its kind and status are kept for completion and defaults.</summary>
    /// <returns>The task with what is known of it here.</returns>
    internal KlingTask Add(KlingTask task, bool isNew = false)
    {
        SeenTask? known = _entries.TryGetValue(task.TaskId, out SeenTask? seen) ? seen : null;
        task = known is null ? task : task.With(known.Details);
        if (isNew || known is null || known.Status != task.Status || known.Kind != task.Kind
            || known.Details != task.Details)
        {
            Add(task, isNew ? time.GetTimestamp() : known?.CreatedHere);
        }

        return task;
    }

    /// <summary>What is known of a task that this connection has seen; null for any other.</summary>
    internal TaskDetails? DetailsOf(string taskId) =>
        _entries.TryGetValue(taskId, out SeenTask? seen) ? seen.Details : null;

    internal KlingTaskKind? KindOf(string taskId) =>
        _entries.TryGetValue(taskId, out SeenTask? seen) ? seen.Kind : null;

    /// <summary>The id of the task that has this video, as far as it was seen.</summary>
    internal string? TaskOfVideo(string videoId) =>
        All().FirstOrDefault(task => task.VideoIds.Contains(videoId))?.TaskId;

    internal bool IsYoung(string taskId) => AgeOf(taskId) < Young;

    /// <summary>How old a task is that this connection created, by our own clock alone; null for any other.</summary>
    internal TimeSpan? AgeOf(string taskId) =>
        _entries.TryGetValue(taskId, out SeenTask? seen) && seen.CreatedHere is { } created
            ? time.GetElapsedTime(created)
            : null;

    /// <summary>Newest first.</summary>
    internal IEnumerable<SeenTask> All() =>
        _order.Reverse().Select(id => _entries.TryGetValue(id, out SeenTask? seen) ? seen : null).OfType<SeenTask>();

    private void Add(KlingTask task, long? created)
    {
        bool isNew = !_entries.ContainsKey(task.TaskId);
        _entries[task.TaskId] = new SeenTask(task.TaskId, task.Kind, task.Status, task.CreatedAt, created)
        {
            VideoIds = task.Videos.Length == 0 ? [] : [.. task.Videos.Select(video => video.VideoId).OfType<string>()],
            Details = task.Details,
        };
        if (!isNew)
        {
            return;
        }

        _order.Enqueue(task.TaskId);
        if (_order.Count > Capacity && _order.TryDequeue(out string? oldest))
        {
            _entries.TryRemove(oldest, out _);
        }
    }
}

/// <summary>The little that is kept of a task, so that thousands cost next to nothing.</summary>
/// <param name="CreatedHere">When this connection created it, as a timestamp of our own clock; null for any
/// other.</param>
internal sealed record SeenTask(
    string TaskId,
    KlingTaskKind Kind,
    KlingTaskStatus Status,
    DateTime CreatedAt,
    long? CreatedHere)
{
    /// <summary>The ids of its videos.</summary>
    internal string[] VideoIds { get; init; } = [];

    internal TaskDetails Details { get; init; } = TaskDetails.None;
}
