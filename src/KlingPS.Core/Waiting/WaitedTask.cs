namespace KlingPS.Waiting;

/// <summary>
/// One task of the set, as the waiter keeps it. Times are on the waiter's own clock, zero at its start.
/// </summary>
internal sealed class WaitedTask
{
    private readonly TimeSpan _arrived;
    private readonly bool _isAgeKnown;
    private TimeSpan _ageAtArrival;

    /// <param name="order">Breaks ties between equal due times: who came first is asked first.</param>
    /// <param name="age">How old it is for certain; null to take the service's word, whose clock may differ from
    /// ours.</param>
    internal WaitedTask(KlingTask task, int order, TimeSpan clock, DateTimeOffset now, TimeSpan? age = null)
    {
        Last = task;
        ToShow = new LinkedListNode<WaitedTask>(this);
        Order = order;
        Due = _arrived = clock;
        _isAgeKnown = age is not null;
        _ageAtArrival = age ?? AgeByService(now);
    }

    internal KlingTask Last { get; private set; }

    /// <summary>
    /// Its place among those that the bar may show next; in no list while it is shown and afterwards.
    /// </summary>
    internal LinkedListNode<WaitedTask> ToShow { get; }

    internal int Order { get; }

    /// <summary>When to ask next. Changes only while the task is in no queue.</summary>
    internal TimeSpan Due { get; set; }

    /// <summary>Polls that failed since the last answer.</summary>
    internal int Failures { get; private set; }

    /// <summary>Answers in a row that were none of the service's.</summary>
    internal int Unreadable { get; private set; }

    internal KlingException? LastFailure { get; private set; }

    /// <summary>Said while it is left alone because the service asked for that.</summary>
    internal IDisposable? Pause { get; set; }

    /// <summary>Its age when it was last seen open; null before it was.</summary>
    internal TimeSpan? LastPendingAge { get; set; }

    /// <summary>Since the service accepted it, never negative; where the clocks differ, too large at worst.</summary>
    internal TimeSpan Age(TimeSpan clock) => _ageAtArrival + (clock - _arrived);

    internal void Answered(KlingTask answer, TimeSpan clock, DateTimeOffset now)
    {
        bool first = Last.Status == KlingTaskStatus.Unknown && Last.RawStatus is null;
        Last = answer.With(Last.Details) with { PollCount = Last.PollCount + 1, IsReused = Last.IsReused };
        Failures = 0;
        Unreadable = 0;
        LastFailure = null;
        if (first && !_isAgeKnown)
        {
            TimeSpan before = AgeByService(now) - (clock - _arrived);
            _ageAtArrival = before > TimeSpan.Zero ? before : TimeSpan.Zero;
        }
    }

    internal void FailedToAnswer(KlingException failure)
    {
        Last = Last with { PollCount = Last.PollCount + 1 };
        Failures++;
        Unreadable = failure.Error == KlingError.UnexpectedResponse ? Unreadable + 1 : 0;
        LastFailure = failure;
    }

    private TimeSpan AgeByService(DateTimeOffset now)
    {
        TimeSpan age = now.LocalDateTime - Last.CreatedAt;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    internal sealed class ByDue : IComparer<WaitedTask>
    {
        public int Compare(WaitedTask? x, WaitedTask? y)
        {
            int byTime = x!.Due.CompareTo(y!.Due);
            return byTime != 0 ? byTime : x.Order.CompareTo(y.Order);
        }
    }
}

/// <summary>How long nothing has answered, and what the last trouble was.</summary>
internal sealed class Silence
{
    private const long None = -1;

    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    private long _since = None;
    private int _failures;
    private KlingException? _last;
    private bool _isTold;

    /// <summary>A request starts; from any thread.</summary>
    internal void Sent(TimeSpan clock) => Interlocked.CompareExchange(ref _since, clock.Ticks, None);

    internal void Failed(KlingException failure)
    {
        _failures++;
        _last = failure;
    }

    /// <summary>The service has answered.</summary>
    internal void Break()
    {
        Interlocked.Exchange(ref _since, None);
        (_failures, _last, _isTold) = (0, null, false);
    }

    /// <returns>What to tell, or null while there is nothing.</returns>
    internal string? At(TimeSpan clock)
    {
        long since = Interlocked.Read(ref _since);
        // After a single failure the next request may be a minute away; that is no silence.
        if (since == None || clock.Ticks - since < WorthTelling.Ticks || (_failures == 1 && !_isTold))
        {
            return null;
        }

        _isTold = true;
        string answer = $"no answer for {TimeSpan.FromTicks(clock.Ticks - since).TotalSeconds:0} s";
        return _last is null ? answer : $"{answer}: {_last.WhatHappened.TrimEnd('.')}";
    }
}

/// <summary>Wakes one waiting loop; many signals before it looks are one.</summary>
#pragma warning disable CA1001 // A late timer may still signal; without a wait handle there is nothing to dispose.
internal sealed class AsyncSignal
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _signal = new(0);
    private int _isSet;
    private volatile bool _isAwaited;
    private volatile int _wakes;

    /// <summary>The loop has nothing to do until somebody signals.</summary>
    internal bool IsResting
    {
        get
        {
            // Both conditions must hold at the same moment, so no wake-up may lie between the two reads.
            int wakes = _wakes;
            return _isAwaited && Volatile.Read(ref _isSet) == 0 && wakes == _wakes;
        }
    }

    internal void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _signal.Release();
        }
    }

    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        _isAwaited = true;
        await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isAwaited = false;
        _wakes++;
        Volatile.Write(ref _isSet, 0);
    }
}
