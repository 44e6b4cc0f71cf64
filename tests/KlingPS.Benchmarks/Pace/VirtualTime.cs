namespace KlingPS.Benchmarks.Pace;

/// <summary>A clock that jumps from one timer to the next, as fast as what they set off is done.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly SortedSet<Alarm> _alarms = [];
    private long _now;
    private long _lastOrder;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _now));

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Sets the clock to the next timer and runs it; false when there is none.</summary>
    internal bool Step()
    {
        Alarm next;
        lock (_gate)
        {
            if (_alarms.Min is not { } first)
            {
                return false;
            }

            next = first;
            _alarms.Remove(first);
            Volatile.Write(ref _now, Math.Max(_now, first.Due));
        }

        next.Ring();
        return true;
    }

    private sealed class Alarm(VirtualTime time, Action ring) : ITimer, IComparable<Alarm>
    {
        private long _order;

        internal long Due { get; private set; }

        internal void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._alarms.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = time._now + dueTime.Ticks;
                    _order = ++time._lastOrder;
                    time._alarms.Add(this);
                }
            }

            return true;
        }

        public int CompareTo(Alarm? other)
        {
            int byTime = Due.CompareTo(other!.Due);
            return byTime != 0 ? byTime : _order.CompareTo(other._order);
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
