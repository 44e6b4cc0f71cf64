namespace KlingPS.Http;

/// <summary>Bounds all requests of a connection together: never more than N start within any second.</summary>
/// <remarks>
/// A pause asked for by the service holds back every request, not only the one that was told. After a refusal for their number
/// they go on at half the rate they had, which rises steadily until the bound is reached or the next refusal comes: additive
/// increase, multiplicative decrease.
/// </remarks>
internal sealed class RateLimiter
{
    // A 429 that names no time.
    private static readonly TimeSpan UnlessTold = TimeSpan.FromSeconds(1);

    // A day between two requests is as good as any longer time.
    private const double LongestWindow = 86_400;

    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private readonly TimeSpan _window;

    // The last N starts, oldest at _next: request N+1 may start one window after request 1.
    private readonly TimeSpan?[] _starts;
    // On a clock that nobody sets: a corrected wall clock must not hold requests back.
    private readonly long _epoch;
    private int _next;
    private readonly AimdRate _rate = new();
    private TimeSpan _pausedUntil;

    internal RateLimiter(double perSecond, TimeProvider time)
    {
        _time = time;
        _epoch = time.GetTimestamp();
        int count = (int)Math.Ceiling(perSecond);
        _starts = new TimeSpan?[count];
        _window = count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(count / perSecond, LongestWindow));
    }

    private TimeSpan Clock => _time.GetElapsedTime(_epoch);

    /// <summary>Holds back every request that has not started yet.</summary>
    internal void Pause(TimeSpan pause)
    {
        lock (_lock)
        {
            Pause(Clock, pause);
        }
    }

    /// <summary>Slows everybody when the service asks one of them to slow down.</summary>
    /// <remarks>Not for a full queue of paid tasks: queries are free of it, and <see cref="ConcurrencyQueue"/> keeps its own pause.</remarks>
    internal void OnResponse(KlingException answer)
    {
        if (answer.Error == KlingError.ConcurrencyLimited)
        {
            return;
        }

        bool isTooMany = answer.Error == KlingError.RateLimited;
        if (!isTooMany && answer.RetryAfter is null)
        {
            return;
        }

        lock (_lock)
        {
            TimeSpan clock = Clock;
            // Those refused while all pause were sent with the first that was: one refusal, not many.
            bool isNews = isTooMany && clock >= _pausedUntil;
            Pause(clock, answer.RetryAfter ?? UnlessTold);
            if (isNews)
            {
                _rate.Halve(clock, _pausedUntil);
            }
        }
    }

    /// <summary>Completes when the next request may start.</summary>
    internal async Task AcquireAsync(CancellationToken cancellationToken)
    {
        do
        {
            TimeSpan start = Reserve();
            for (TimeSpan wait = start - Clock; wait > TimeSpan.Zero; wait = start - Clock)
            {
                await _time.Delay(wait, cancellationToken).ConfigureAwait(false);
            }
        }
        while (IsPaused()); // Told to pause meanwhile: everybody gets a new turn, or all would start together.
    }

    private TimeSpan Reserve()
    {
        lock (_lock)
        {
            TimeSpan start = Clock;
            start = _pausedUntil > start ? _pausedUntil : start;
            if (_starts.Length > 0 && _starts[_next] + _window is { } earliest && earliest > start)
            {
                start = earliest;
            }

            start = _rate.NextFrom(start);
            if (_starts.Length > 0)
            {
                _starts[_next] = start;
                _next = (_next + 1) % _starts.Length;
            }

            return start;
        }
    }

    private void Pause(TimeSpan clock, TimeSpan pause)
    {
        TimeSpan until = clock + pause;
        _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
    }

    private bool IsPaused()
    {
        lock (_lock)
        {
            return _pausedUntil > Clock;
        }
    }
}
