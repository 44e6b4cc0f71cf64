namespace KlingPS.Waiting;

/// <summary>Counts the set by state as it changes, and tells the time to go from the tasks that finished.</summary>
internal sealed class WaitCounters
{
    private readonly Dictionary<KlingTaskStatus, int> _open = [];
    private readonly List<TimeSpan> _durations = [];
    private int _succeeded;
    private int _failed;

    internal void Opened(KlingTaskStatus status) => Count(status, 1);

    internal void Changed(KlingTaskStatus before, KlingTaskStatus after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    /// <summary>An open task leaves the set, finished or given up.</summary>
    internal void Closed(KlingTaskStatus status) => Count(status, -1);

    internal void Finished(KlingTask task)
    {
        if (task.Status != KlingTaskStatus.Succeed)
        {
            _failed++;
            return;
        }

        _succeeded++;
        int place = _durations.BinarySearch(task.Elapsed);
        _durations.Insert(place < 0 ? ~place : place, task.Elapsed);
    }

    /// <param name="elapsed">Since the wait began.</param>
    /// <param name="youngestAge">The age of the task that came last, which should end last.</param>
    internal WaitProgress Snapshot(TimeSpan elapsed, TimeSpan youngestAge)
    {
        TimeSpan? left = _durations.Count == 0 ? null : _durations[_durations.Count / 2] - youngestAge;
        return new WaitProgress(
            Open(KlingTaskStatus.Submitted),
            Open(KlingTaskStatus.Processing),
            Open(KlingTaskStatus.Unknown),
            _succeeded,
            _failed,
            elapsed,
            left > TimeSpan.Zero ? left : null);
    }

    private int Open(KlingTaskStatus status) => _open.TryGetValue(status, out int count) ? count : 0;

    private void Count(KlingTaskStatus status, int by) => _open[status] = Open(status) + by;
}
