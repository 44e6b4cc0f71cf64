using System.Collections.Concurrent;

namespace KlingPS.Http;

/// <summary>The tasks this connection has seen: their kinds, and which are so young that the service may not know them yet.</summary>
internal sealed class RecentTasks(TimeProvider time)
{
    private const int Capacity = 20_000;

    // Reads may trail the write at the service by seconds.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>A task this connection created just now.</summary>
    internal void AddCreated(KlingTask task) => Add(task, time.GetTimestamp());

    /// <summary>A task the service told about; its kind and status are kept for completion and defaults.</summary>
    internal void AddSeen(KlingTask task) =>
        Add(task, _entries.TryGetValue(task.TaskId, out Entry? known) ? known.Created : null);

    internal KlingTaskKind? KindOf(string taskId) =>
        _entries.TryGetValue(taskId, out Entry? entry) ? entry.Task.Kind : null;

    internal bool IsYoung(string taskId) => AgeOf(taskId) < Young;

    /// <summary>How old a task is that this connection created, by our own clock alone; null for any other.</summary>
    internal TimeSpan? AgeOf(string taskId) =>
        _entries.TryGetValue(taskId, out Entry? entry) && entry.Created is { } created ? time.GetElapsedTime(created) : null;

    /// <summary>Newest first.</summary>
    internal IEnumerable<KlingTask> All() =>
        _order.Reverse().Select(id => _entries.TryGetValue(id, out Entry? entry) ? entry.Task : null).OfType<KlingTask>();

    private void Add(KlingTask task, long? created)
    {
        bool isNew = !_entries.ContainsKey(task.TaskId);
        _entries[task.TaskId] = new Entry(task, created);
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

    private sealed record Entry(KlingTask Task, long? Created);
}
