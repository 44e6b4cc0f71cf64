namespace KlingPS.Http;

/// <summary>How fast requests follow each other after a refusal for their number: half as fast as before it, then ever faster.</summary>
/// <remarks>Before the first refusal there is no such bound. Not thread-safe; times are of its owner's clock.</remarks>
internal sealed class AimdRate
{
    // Of the rate refused, regained in each second: in ten seconds all of it.
    private const double Regained = 0.05;

    private double _refused;
    private TimeSpan _resumed;
    private TimeSpan _last;

    // Starts counted by whole seconds: the rate refused is that of the fuller of the last two.
    private long _second;
    private int _now;
    private int _before;

    /// <summary>The service refused a request for their number.</summary>
    /// <param name="clock">Now.</param>
    /// <param name="resumed">When requests go on.</param>
    internal void Halve(TimeSpan clock, TimeSpan resumed)
    {
        Turn(clock);
        _refused = Math.Max(1, Math.Max(_now, _before));
        _resumed = resumed;
        _last = TimeSpan.Zero;
    }

    /// <summary>Takes the next start there is from a moment on.</summary>
    internal TimeSpan NextFrom(TimeSpan earliest)
    {
        TimeSpan start = earliest;
        if (_refused > 0)
        {
            double regained = Regained * Math.Max(0, (earliest - _resumed).TotalSeconds);
            TimeSpan next = _last + TimeSpan.FromSeconds(1 / (_refused * (0.5 + regained)));
            start = next > earliest ? next : earliest;
            _last = start;
        }

        Turn(start);
        _now++;
        return start;
    }

    private void Turn(TimeSpan clock)
    {
        long second = (long)clock.TotalSeconds;
        if (second > _second)
        {
            _before = second == _second + 1 ? _now : 0;
            _now = 0;
            _second = second;
        }
    }
}
