namespace KlingPS.Transport;

/// <summary>
/// Bounds all requests of a connection together: never more than N start within any second, in the order they came.
/// </summary>
/// <remarks>
/// A pause asked for by the service holds back every request, not only the one that was told, and after a refusal for
/// their number they go on slower (<see cref="AimdRate"/>). Nothing is reserved: who leaves the line leaves no hole.
/// </remarks>
#pragma warning disable CA1001 // The timer runs only while somebody waits, and then the connection is not closed.
internal sealed class RateLimiter
#pragma warning restore CA1001
{
    /// <summary>A longer wait is said, and a longer pause may be too long for a command.</summary>
    internal static readonly TimeSpan AnnouncedFrom = TimeSpan.FromSeconds(1);

    // The pause after a 429 without Retry-After.
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    // While refusals do not depend on the rate, a pause up to this length concerns the refused request only.
    private static readonly TimeSpan MaxOwnPause = TimeSpan.FromSeconds(5);

    // A paid request prepares this long before its turn, so that its intent is on disk by then.
    private static readonly TimeSpan PrepareAhead = TimeSpan.FromSeconds(1);

    // How often the queue looks again while those in front prepare.
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMilliseconds(50);

    // Timers are limited to 49 days.
    private static readonly TimeSpan MaxInterval = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private readonly TimeSpan _window;

    // The last N starts, oldest at _next: request N+1 may start one window after request 1.
    private readonly TimeSpan?[] _starts;
    // Monotonic: a corrected wall clock must not hold requests back.
    private readonly long _epoch;
    private readonly LinkedList<RateLimitLease> _queue = new();
    private readonly AimdRate _rate = new();
    private readonly ITimer _alarm;
    private TimeSpan _alarmAt = TimeSpan.MaxValue;
    private int _next;
    private TimeSpan _pausedUntil;
    private KlingException? _pauseCause;

    internal RateLimiter(double perSecond, TimeProvider time)
    {
        _time = time;
        _epoch = time.GetTimestamp();
        int count = (int)Math.Ceiling(perSecond);
        _starts = new TimeSpan?[count];
        _window = count == 0
            ? TimeSpan.Zero
            : TimeSpan.FromSeconds(Math.Min(count / perSecond, MaxInterval.TotalSeconds));
        _alarm = time.CreateTimer(_ => OnAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Clock => _time.GetElapsedTime(_epoch);

    /// <summary>Takes a place in the line, which is to be disposed of.</summary>
    /// <param name="left">The time of the command: a longer pause of the service is an error at once.</param>
    internal RateLimitLease Enqueue(TimeSpan left, IRequestTrace trace)
    {
        lock (_lock)
        {
            TimeSpan clock = Clock;
            RateLimitLease lease = new(
                this, left < TimeSpan.MaxValue - clock ? clock + left : TimeSpan.MaxValue, trace);
            _queue.AddLast(lease.Place);
            return lease;
        }
    }

    /// <summary>Learns from an answer, and slows everybody when the service asks one of them to slow down.</summary>
    /// <remarks>
    /// Not for a full account: queries are free of it, and <see cref="ConcurrencyQueue"/> keeps its own pause.
    /// </remarks>
    /// <param name="error">What the answer meant; null for what was asked for.</param>
    internal void OnResponse(RateLimitLease lease, KlingException? error)
    {
        List<Action>? done;
        lock (_lock)
        {
            if (error is null)
            {
                _rate.OnAccepted(lease.StartedAt);
                return;
            }

            Slow(Clock, lease.StartedAt, error);
            done = Advance();
        }

        Run(done);
    }

    /// <summary>Completes when the turn has come, or is as near as wanted.</summary>
    /// <exception cref="KlingException">The service asked for a pause longer than the command has time.</exception>
    internal async Task WaitAsync(RateLimitLease lease, TurnState wanted, CancellationToken cancellationToken)
    {
        TimeSpan began = Clock;
        bool hasCome;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task<bool> come;
            TimeSpan expected;
            bool isPaused;
            List<Action>? done;
            lock (_lock)
            {
                TimeSpan clock = Clock;
                come = lease.Want(wanted, _pausedUntil);
                expected = Predict(clock, _queue.TakeWhile(other => other != lease).Count()) - clock;
                isPaused = _pausedUntil - clock > AnnouncedFrom;
                done = Advance();
            }

            Run(done);
            using IDisposable? said = come.IsCompleted || expected <= AnnouncedFrom ? null
                : isPaused ? lease.Trace.Pausing(expected, $"the service asked for it. {_pauseCause?.WhatHappened}")
                : lease.Trace.Queueing(expected, "other requests are ahead in the queue");
            using CancellationTokenRegistration gone = come.IsCompleted ? default
                : cancellationToken.Register(() => Withdraw(lease, cancellationToken));
            hasCome = await come.ConfigureAwait(false);
        }
        while (!hasCome);
        lease.Waited += Clock - began;
    }

    /// <summary>Leaves the line; those behind move up.</summary>
    /// <returns>False when it had left already, by its turn or otherwise.</returns>
    internal bool Leave(RateLimitLease lease)
    {
        List<Action>? done;
        lock (_lock)
        {
            if (lease.Place.List is null)
            {
                return false;
            }

            _queue.Remove(lease.Place);
            done = Advance();
        }

        Run(done);
        return true;
    }

    // Continuations send or call back into this class, so they run outside the lock.
    private static void Run(List<Action>? done) => done?.ForEach(act => act());

    private void Withdraw(RateLimitLease lease, CancellationToken cancellationToken)
    {
        if (Leave(lease))
        {
            lease.Cancel(cancellationToken);
        }
    }

    private void OnAlarm()
    {
        List<Action>? done;
        lock (_lock)
        {
            _alarmAt = TimeSpan.MaxValue;
            done = Advance();
        }

        Run(done);
    }

    private void Slow(TimeSpan clock, TimeSpan startedAt, KlingException error)
    {
        TimeSpan? pause = error.Error == KlingError.ConcurrencyLimited ? null : error.RetryAfter;
        bool isRefusal = error.Error == KlingError.RateLimited;
        bool isTooFast = isRefusal && _rate.OnRefused(startedAt);
        if (isTooFast)
        {
            pause ??= DefaultPause;
        }
        else if (isRefusal && _rate.IsLifted && pause <= MaxOwnPause)
        {
            pause = null;
        }

        if (pause is { } asked && clock + asked > _pausedUntil)
        {
            (_pausedUntil, _pauseCause) = (clock + asked, error);
        }

        if (isTooFast)
        {
            _rate.Decrease(startedAt, _pausedUntil);
        }
    }

    // Releases those who are due, and sets the timer for the next.
    private List<Action>? Advance()
    {
        TimeSpan clock = Clock;
        TimeSpan wake = TimeSpan.MaxValue;
        List<Action>? done = null;
        int ahead = 0;
        for (LinkedListNode<RateLimitLease>? place = _queue.First; place is not null;)
        {
            RateLimitLease lease = place.Value;
            place = place.Next;
            TimeSpan at = lease.State switch
            {
                TurnState.WaitingToStart => Predict(clock, 0),
                TurnState.WaitingUntilDue => Predict(clock, ahead) - PrepareAhead,
                _ => TimeSpan.MaxValue,
            };
            if (lease.State != TurnState.Preparing && _pausedUntil > lease.Until
                && _pausedUntil > clock + AnnouncedFrom)
            {
                _queue.Remove(lease.Place);
                (done ??= []).Add(lease.Fail(RetryDelay.TooLong(
                    _pauseCause!, _pausedUntil - clock, lease.Until - clock, SubmissionOutcome.NotSent)));
                continue;
            }

            if (lease.State == TurnState.WaitingToStart && at <= clock)
            {
                _queue.Remove(lease.Place);
                Start(lease, clock);
                (done ??= []).Add(lease.Complete(true));
                continue;
            }

            if (lease.State != TurnState.Preparing && (at <= clock || _pausedUntil > lease.PauseSaid + AnnouncedFrom))
            {
                // Due, or paused for longer than announced, which it then announces.
                (done ??= []).Add(lease.Complete(at <= clock));
            }
            else if (lease.State == TurnState.WaitingUntilDue && at < clock + RecheckInterval)
            {
                wake = clock + RecheckInterval < wake ? clock + RecheckInterval : wake;
            }
            else
            {
                wake = at < wake ? at : wake;
            }

            ahead++;
        }

        SetAlarm(clock, wake);
        return done;
    }

    private void Start(RateLimitLease lease, TimeSpan clock)
    {
        lease.StartedAt = clock;
        _rate.OnStart(clock);
        if (_starts.Length > 0)
        {
            _starts[_next] = clock;
            _next = (_next + 1) % _starts.Length;
        }
    }

    /// <summary>When the next request may start, or the next but so many if all before it do.</summary>
    private TimeSpan Predict(TimeSpan clock, int ahead)
    {
        TimeSpan open = _pausedUntil > clock ? _pausedUntil : clock;
        TimeSpan start = _rate.Next(open, ahead);
        if (_starts.Length > 0)
        {
            TimeSpan earliest = _starts[(_next + ahead) % _starts.Length] + _window ?? open;
            earliest = earliest > open ? earliest : open;
            earliest += TimeSpan.FromTicks(_window.Ticks * (ahead / _starts.Length));
            start = earliest > start ? earliest : start;
        }

        return start;
    }

    private void SetAlarm(TimeSpan clock, TimeSpan at)
    {
        if (at == _alarmAt)
        {
            return;
        }

        _alarmAt = at;
        TimeSpan pause = at == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan
            : at - clock < MaxInterval ? at - clock
            : MaxInterval;
        // Timers truncate to whole milliseconds and would fire early again and again.
        pause = pause > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds)) : pause;
        _alarm.Change(pause, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>The place of one request in the line of a <see cref="RateLimiter"/>; disposing of it gives it up.</summary>
internal sealed class RateLimitLease : IDisposable
{
    private readonly RateLimiter _limiter;
    private TaskCompletionSource<bool> _wait = new();

    internal RateLimitLease(RateLimiter limiter, TimeSpan until, IRequestTrace trace)
    {
        _limiter = limiter;
        Until = until;
        Trace = trace;
        Place = new LinkedListNode<RateLimitLease>(this);
    }

    /// <summary>Its place; in no list once it has started or left.</summary>
    internal LinkedListNode<RateLimitLease> Place { get; }

    internal TurnState State { get; private set; }

    /// <summary>When the command's time is over, on the limiter's clock.</summary>
    internal TimeSpan Until { get; }

    internal IRequestTrace Trace { get; }

    /// <summary>The end of the pause that it knows of.</summary>
    internal TimeSpan PauseSaid { get; private set; }

    /// <summary>When the request started, on the limiter's clock.</summary>
    internal TimeSpan StartedAt { get; set; }

    /// <summary>How long it waited for its turn.</summary>
    internal TimeSpan Waited { get; set; }

    /// <summary>Completes when the turn is due within a second, and keeps the place in the line.</summary>
    internal Task WaitUntilDueAsync(CancellationToken cancellationToken) =>
        _limiter.WaitAsync(this, TurnState.WaitingUntilDue, cancellationToken);

    /// <summary>Completes when the request may start, which counts it.</summary>
    internal Task AcquireAsync(CancellationToken cancellationToken) =>
        _limiter.WaitAsync(this, TurnState.WaitingToStart, cancellationToken);

    public void Dispose() => _limiter.Leave(this);

    /// <returns>True when what was wanted has come, false when it is to be wanted again.</returns>
    internal Task<bool> Want(TurnState wanted, TimeSpan pausedUntil)
    {
        // Preparing writes to disk, which must not delay those behind it.
        bool isApart = wanted == TurnState.WaitingUntilDue;
        _wait = new TaskCompletionSource<bool>(
            isApart ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
        State = wanted;
        PauseSaid = pausedUntil;
        return _wait.Task;
    }

    /// <summary>Ends the wait at once, and says how to let go on who waited.</summary>
    internal Action Complete(bool isWhatWasWanted)
    {
        State = TurnState.Preparing;
        TaskCompletionSource<bool> ended = _wait;
        return () => ended.TrySetResult(isWhatWasWanted);
    }

    /// <inheritdoc cref="Complete"/>
    internal Action Fail(KlingException error)
    {
        State = TurnState.Preparing;
        TaskCompletionSource<bool> ended = _wait;
        return () => ended.TrySetException(error);
    }

    internal void Cancel(CancellationToken cancellationToken) => _wait.TrySetCanceled(cancellationToken);
}

/// <summary>What a place in the line is waiting for.</summary>
internal enum TurnState
{
    /// <summary>Nothing: it holds its place, and those behind may start before it.</summary>
    Preparing,

    /// <summary>That its turn is near.</summary>
    WaitingUntilDue,

    /// <summary>That it may start.</summary>
    WaitingToStart,
}
