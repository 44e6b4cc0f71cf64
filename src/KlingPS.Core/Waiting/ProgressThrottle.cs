namespace KlingPS.Waiting;

/// <summary>Tells where the set stands at most four times a second, and once a second while nothing happens.</summary>
internal sealed class ProgressThrottle(Action<WaitProgress>? report)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>How long the loop may sleep without showing that time passes; null when nobody looks.</summary>
    internal TimeSpan? Tick => report is null ? null : Idle;

    /// <param name="tally">The counts.</param>
    /// <param name="elapsed">Since the first task arrived.</param>
    /// <param name="youngestAge">Since the last task arrived.</param>
    /// <param name="now">Tell in any case.</param>
    internal void Report(WaitCounters tally, TimeSpan elapsed, TimeSpan youngestAge, bool now)
    {
        if (report is null || (!now && _last != TimeSpan.MinValue && elapsed - _last < Shortest))
        {
            return;
        }

        _last = elapsed;
        report(tally.Snapshot(elapsed, youngestAge));
    }
}
