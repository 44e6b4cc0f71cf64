namespace KlingPS.Transport;

/// <summary>
/// How fast requests follow each other once the service has refused one for their number: additive increase,
/// multiplicative decrease, and faster beyond the rate refused. Before the first refusal there is no such bound.
/// </summary>
/// <remarks>
/// <para>A refusal halves the rate, which rises again until the next one. So a limit of the service is found: below it
/// nothing is refused. A service that refuses a share of all requests whatever their rate would bring it down for
/// nothing. Two refusals at no more than half of what was accepted within one second before therefore lift the bound:
/// no limit counts so. Later refusals are left to those who were refused. Should more than half be refused then, there
/// was a limit after all, behind a reserve now used up: the bound is back, and what was accepted proves nothing.</para>
/// <para>Not thread-safe; times are of its owner's clock.</para>
/// </remarks>
internal sealed class AimdRate
{
    // Share of the refused rate regained per second: all of it in ten seconds.
    private const double RecoveryPerSec = 0.05;

    // Above the refused rate it doubles every five seconds.
    private const double Doublings = 4;
    private const double MaxDoublings = 16;

    // The refused rate is taken to be at least this; slower rates teach nothing.
    private const int MinRate = 2;

    // Weight of one answer in the moving average of the refused share.
    private const double Weight = 1 / 32.0;

    // How many contradictory refusals lift the bound.
    private const int MaxContradictions = 2;

    private static readonly TimeSpan ReorderTolerance = TimeSpan.FromMilliseconds(250);

    // A timer may be this late without lowering the rate.
    private static readonly TimeSpan TimerTolerance = TimeSpan.FromMilliseconds(50);

    private readonly TimeLog _starts = new();
    private readonly TimeLog _accepted = new();
    private double _refusedRate;
    private TimeSpan _decreasedAt;
    private TimeSpan _lastStart;
    private int _acceptedRate;
    private int _contradictions;
    private double _refusedShare;

    /// <summary>Refusals have turned out to have nothing to do with the rate.</summary>
    internal bool IsLifted { get; private set; }

    /// <summary>When the next request may start, or the next but so many.</summary>
    internal TimeSpan Next(TimeSpan earliest, int ahead)
    {
        if (_refusedRate == 0)
        {
            return earliest;
        }

        TimeSpan interval = Interval(earliest);
        TimeSpan next = _lastStart + interval;
        next = next > earliest ? next : earliest;
        return next + TimeSpan.FromTicks(interval.Ticks * ahead);
    }

    internal void OnStart(TimeSpan clock)
    {
        _starts.Add(clock);
        if (_refusedRate > 0)
        {
            TimeSpan planned = _lastStart + Interval(clock);
            _lastStart = planned > clock - TimerTolerance ? planned : clock - TimerTolerance;
        }
    }

    /// <summary>The service answered a request.</summary>
    internal void OnAccepted(TimeSpan startedAt)
    {
        _accepted.Add(startedAt);
        _acceptedRate = Math.Max(_acceptedRate, _accepted.CountUntil(startedAt));
        _refusedShare -= Weight * _refusedShare;
    }

    /// <summary>The service refused a request for their number.</summary>
    /// <param name="startedAt">When it was sent: before the last decrease, it says nothing of the rate since.</param>
    /// <returns>Whether the rate is to decrease: <see cref="Decrease"/>.</returns>
    internal bool OnRefused(TimeSpan startedAt)
    {
        _refusedShare += Weight * (1 - _refusedShare);
        if (startedAt < _decreasedAt)
        {
            return false;
        }

        if (IsLifted)
        {
            bool isLimit = _refusedShare > 0.5;
            (IsLifted, _acceptedRate) = (!isLimit, isLimit ? 0 : _acceptedRate);
            return isLimit;
        }

        _contradictions += 2 * RateOf(startedAt) <= _acceptedRate ? 1 : 0;
        IsLifted = _contradictions >= MaxContradictions;
        if (IsLifted)
        {
            (_refusedRate, _refusedShare, _contradictions) = (0, 0, 0);
        }

        return !IsLifted;
    }

    internal void Decrease(TimeSpan startedAt, TimeSpan resumed)
    {
        _refusedRate = Math.Max(MinRate, RateOf(startedAt));
        _decreasedAt = resumed;
        _lastStart = TimeSpan.Zero;
    }

    // Requests may overtake each other on the way.
    private int RateOf(TimeSpan startedAt) => Math.Max(1, _starts.CountUntil(startedAt + ReorderTolerance));

    private TimeSpan Interval(TimeSpan clock)
    {
        double share = 0.5 + (RecoveryPerSec * Math.Max(0, (clock - _decreasedAt).TotalSeconds));
        // Above the refused rate, search for the new limit exponentially.
        share = share <= 1 ? share : Math.Pow(2, Math.Min((share - 1) * Doublings, MaxDoublings));
        return TimeSpan.FromSeconds(1 / (_refusedRate * share));
    }

    /// <summary>The latest times, in order.</summary>
    private sealed class TimeLog
    {
        private const int Most = 4096;
        private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

        private readonly List<TimeSpan> _times = [];

        internal void Add(TimeSpan time)
        {
            if (_times.Count == Most)
            {
                _times.RemoveRange(0, Most / 2);
            }

            _times.Insert(FirstAfter(time), time);
        }

        /// <summary>How many there were in the second that ends then.</summary>
        internal int CountUntil(TimeSpan end) => FirstAfter(end) - FirstAfter(end - Second);

        private int FirstAfter(TimeSpan time)
        {
            int low = 0;
            for (int high = _times.Count; low < high;)
            {
                int middle = (low + high) / 2;
                (low, high) = _times[middle] <= time ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}
