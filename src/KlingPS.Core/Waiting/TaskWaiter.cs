using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using KlingPS.Transport;

namespace KlingPS.Waiting;

/// <summary>
/// Waits for a whole set of tasks in one loop under one clock: a queue ordered by due time, a bounded number of
/// requests in flight, and every end told as soon as it is seen. Tasks may be added while it runs.
/// </summary>
internal sealed class TaskWaiter
{
    // A captive portal or a wrong address answers every poll with something unreadable.
    private const int UnreadableAnswersBeforeGivingUp = 5;

    // Few enough for the lines a console gives to progress.
    private const int ShownTasks = 5;

    // Near the deadline a request still gets this long, so that an answer is not missed by milliseconds.
    private static readonly TimeSpan ShortestRequest = TimeSpan.FromSeconds(5);

    // Timers are limited to 49 days; a requested pause may be longer.
    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(1);

    private readonly TaskPoller _poller;
    private readonly WaitOptions _options;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly PollSchedule _schedule;
    private readonly Action<WaitOutcome> _tell;
    private readonly ProgressThrottle _progress;
    private readonly WaitCounters _counters = new();
    private readonly AsyncSignal _signal = new();
    private readonly ConcurrentQueue<KlingTask> _arrivals = new();
    private readonly ConcurrentQueue<PollAnswer> _answers = new();
    private readonly Silence _silence = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SortedSet<WaitedTask> _queue = new(new WaitedTask.ByDue());
    private readonly Dictionary<WaitedTask, Task> _inFlight = [];
    private readonly WaitedTask?[] _shown = new WaitedTask?[ShownTasks];
    private readonly LinkedList<WaitedTask> _toShow = new();
    private TimeSpan? _firstArrival;
    private TimeSpan _latestArrival;
    private TimeSpan _deadline = TimeSpan.MaxValue;
    private volatile bool _noMoreArrivals;
    private volatile bool _isDecided;
    private bool _hasWarned;

    /// <param name="tell">Gets each outcome, one after the other, from the waiter's loop.</param>
    /// <param name="report">Gets where the set stands, at most four times a second.</param>
    internal TaskWaiter(
        TaskPoller poller,
        WaitOptions options,
        Action<WaitOutcome> tell,
        Action<WaitProgress>? report = null)
    {
        _poller = poller;
        _options = options;
        _tell = tell;
        _time = poller.Connection.Time;
        _started = _time.GetTimestamp();
        _schedule = new PollSchedule(options.PollInterval, kind => DurationModel.Expecting(poller.ExpectedOf(kind)));
        _progress = new ProgressThrottle(report);
    }

    /// <summary>True once -Any has its task: what is added now is ignored.</summary>
    internal bool IsDecided => _isDecided;

    /// <summary>
    /// True while only time or an answer can change anything: what a test on a virtual clock waits for.
    /// </summary>
    internal bool IsResting => _signal.IsResting;

    private TimeSpan Clock => _time.GetElapsedTime(_started);

    /// <summary>Adds a task; from any thread, also while the waiter runs. Twice the same is once.</summary>
    internal void Add(KlingTask task)
    {
        _arrivals.Enqueue(task);
        _signal.Set();
    }

    /// <summary>Says that no more will be added, so that the waiter may end.</summary>
    internal void CompleteAdding()
    {
        _noMoreArrivals = true;
        _signal.Set();
    }

    /// <summary>Runs until every task has been told about, or -Any has its first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is in flight any more.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource requests = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer alarm = _time.CreateTimer(
            _ => _signal.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (!Step(requests.Token))
            {
                SetAlarm(alarm);
                await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            requests.Cancel();
            await Task.WhenAll(_inFlight.Values).ConfigureAwait(false);
        }

        await _poller.SaveDurationsAsync(_schedule.Shown(), cancellationToken).ConfigureAwait(false);
    }

    /// <returns>True when the wait is over.</returns>
    private bool Step(CancellationToken cancellationToken)
    {
        bool complete = _noMoreArrivals;
        while (!_isDecided && _arrivals.TryDequeue(out KlingTask? task))
        {
            Arrive(task);
        }

        while (!_isDecided && _answers.TryDequeue(out PollAnswer answer))
        {
            _inFlight.Remove(answer.Task);
            answer.Unforeseen?.Throw();
            Take(answer);
        }

        StartDuePolls(cancellationToken);
        TimeSpan clock = Clock;
        if (clock >= _deadline)
        {
            GiveUpQueued();
        }

        bool over = _isDecided || (complete && _arrivals.IsEmpty && _queue.Count == 0 && _inFlight.Count == 0);
        string? trouble = _silence.At(clock);
        if (trouble is not null && !_hasWarned)
        {
            _hasWarned = true;
            _poller.Trace.Warn($"Still waiting, but {trouble}.");
        }

        TimeSpan elapsed = clock - (_firstArrival ?? clock);
        _progress.Report(
            elapsed,
            over,
            () => _counters.Snapshot(elapsed, clock - _latestArrival) with { Trouble = trouble, Open = LookAtOpen() });
        return over;
    }

    private OpenTask?[] LookAtOpen()
    {
        TimeSpan clock = Clock;
        OpenTask?[] open = new OpenTask?[ShownTasks];
        for (int i = 0; i < ShownTasks; i++)
        {
            if (_shown[i] is null && _toShow.First is { } first)
            {
                _shown[i] = first.Value;
                _toShow.RemoveFirst();
            }

            if (_shown[i] is { } task)
            {
                TimeSpan age = task.Age(clock);
                TimeSpan left = _schedule.Median(task.Last.Kind) - age;
                open[i] = new OpenTask(task.Last, age, left > TimeSpan.Zero ? left : null);
            }
        }

        return open;
    }

    // So that a task can be collected once the pipeline that was told of it drops it.
    private void Hide(WaitedTask task)
    {
        if (task.ToShow.List is not null)
        {
            _toShow.Remove(task.ToShow);
        }
        else if (Array.IndexOf(_shown, task) is >= 0 and int shown)
        {
            _shown[shown] = null;
        }
    }

    private void Arrive(KlingTask task)
    {
        if (!_known.Add(task.TaskId))
        {
            return;
        }

        task = task.Details == TaskDetails.None ? task.With(_poller.Connection.DetailsOf(task.TaskId)) : task;
        if (task.IsCompleted)
        {
            Finish(task);
            return;
        }

        _latestArrival = Clock;
        _firstArrival ??= _latestArrival;
        if (_options.Timeout > TimeSpan.Zero && _options.Timeout != TimeSpan.MaxValue)
        {
            _deadline = _latestArrival + _options.Timeout;
        }

        TimeSpan? age = _poller.Connection.Recent.AgeOf(task.TaskId);
        task = task.PollCount == 0 ? task : task with { PollCount = 0 };
        WaitedTask waited = new(task, _known.Count, _latestArrival, _time.GetUtcNow(), age);
        _counters.Opened(task.Status);
        if (age is { } known && !_schedule.IsFixed && _options.Timeout != TimeSpan.Zero)
        {
            // Created a moment ago: polling before it can have finished would tell nothing.
            Postpone(waited, _schedule.Next(task.Kind, known, Platform.NextRandom()), _latestArrival);
        }

        _queue.Add(waited);
        _toShow.AddLast(waited.ToShow);
    }

    private void Take(PollAnswer answer)
    {
        WaitedTask task = answer.Task;
        KlingTaskStatus before = task.Last.Status;
        if (answer.Answer is { } known)
        {
            _silence.Break();
            task.Answered(known, Clock, _time.GetUtcNow());
            _counters.Changed(before, known.Status);
            _schedule.Saw(task, task.Age(Clock));
            if (known.IsCompleted)
            {
                Hide(task);
                _counters.Closed(known.Status);
                Finish(task.Last);
                return;
            }
        }
        else if (answer.Failure is { } failure)
        {
            task.FailedToAnswer(failure);
            bool passes = Passes(failure, task);
            if (!passes || failure.RetryAfter is not null || failure.Error == KlingError.TaskNotFound)
            {
                // The service is there, and a pause it asks for is shown as such.
                _silence.Break();
            }
            else
            {
                _silence.Failed(failure);
            }

            if (!passes)
            {
                GiveUp(task, failure);
                return;
            }
        }

        AskAgain(task, answer.Failure);
    }

    private void AskAgain(WaitedTask task, KlingException? failure)
    {
        TimeSpan clock = Clock;
        if (_options.Timeout == TimeSpan.Zero || clock >= _deadline)
        {
            GiveUp(task, WaitErrors.TimedOut(task.Last, task.LastFailure, _options.Timeout));
            return;
        }

        double random = Platform.NextRandom();
        TimeSpan pause = task.Failures > 0
            ? _schedule.AfterFailure(task.Last.Kind, task.Failures, task.Age(clock), random)
            : _schedule.Next(task.Last.Kind, task.Age(clock), random);
        if (failure?.RetryAfter > _deadline - clock)
        {
            GiveUp(task, WaitErrors.TimedOut(task.Last, failure, _options.Timeout, _deadline - clock));
            return;
        }

        if (failure?.RetryAfter is { } asked && asked > pause)
        {
            task.Pause = asked > RateLimiter.AnnouncedFrom ? _poller.Trace.Pausing(asked, failure.WhatHappened) : null;
            pause = asked;
        }

        Postpone(task, pause, clock);
        _queue.Add(task);
    }

    private void Postpone(WaitedTask task, TimeSpan pause, TimeSpan clock)
    {
        TimeSpan left = _deadline - clock;
        task.Due = clock + (pause < left ? pause : left);
    }

    private void StartDuePolls(CancellationToken cancellationToken)
    {
        TimeSpan clock = Clock;
        while (_inFlight.Count < _options.ThrottleLimit && !_isDecided && _queue.Min is { } next && next.Due <= clock)
        {
            _queue.Remove(next);
            next.Pause?.Dispose();
            _inFlight.Add(next, PollAsync(next, _deadline - clock, cancellationToken));
        }
    }

    private async Task PollAsync(WaitedTask task, TimeSpan left, CancellationToken cancellationToken)
    {
        TimeSpan usual = _poller.Connection.Settings.RequestTimeout;
        TimeSpan allowed = left > ShortestRequest ? left : ShortestRequest;
        allowed = allowed < usual ? allowed : usual;
        // With -TimeoutSec 0 the request's own timeout applies.
        TimeSpan patience = _options.Timeout > TimeSpan.Zero ? left : usual;
        using CancellationTokenSource tooLate = _time.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1));
        PollAnswer answer = new(task);
        try
        {
            KlingTask known = await _poller
                .PollAsync(
                    task.Last.TaskId,
                    task.Last.Kind,
                    allowed,
                    patience,
                    tooLate.Token,
                    cancellationToken,
                    () => _silence.Sent(Clock))
                .ConfigureAwait(false);
            answer = answer with { Answer = known };
        }
        catch (KlingException e)
        {
            answer = answer with { Failure = e };
        }
        catch (OperationCanceledException)
        {
            // Cancelled, or not sent before the deadline: counts as not polled.
        }
        catch (Exception e)
        {
            answer = answer with { Unforeseen = ExceptionDispatchInfo.Capture(e) };
        }

        _answers.Enqueue(answer);
        _signal.Set();
    }

    private bool Passes(KlingException failure, WaitedTask task) =>
        failure.Error == KlingError.RateLimited
        || failure.Error == KlingError.ServiceUnavailable
        || failure.Error == KlingError.ConcurrencyLimited
        || failure.Error == KlingError.ConnectionFailed
        || failure.Error == KlingError.RequestTimeout
        || (failure.Error == KlingError.UnexpectedResponse && task.Unreadable < UnreadableAnswersBeforeGivingUp)
        || _poller.IsNotVisibleYet(failure, task.Last.TaskId);

    private void GiveUpQueued()
    {
        foreach (WaitedTask task in _queue)
        {
            GiveUp(task, WaitErrors.TimedOut(task.Last, task.LastFailure, _options.Timeout));
        }

        _queue.Clear();
    }

    private void GiveUp(WaitedTask task, KlingException error)
    {
        task.Pause?.Dispose();
        Hide(task);
        _schedule.Forget(task);
        _counters.Closed(task.Last.Status);
        _counters.Finished(task.Last);
        _tell(new WaitOutcome(task.Last, error));
    }

    private void Finish(KlingTask task)
    {
        _counters.Finished(task);
        _isDecided = _options.Any;
        _tell(new WaitOutcome(task, task.Status == KlingTaskStatus.Failed ? WaitErrors.Failed(task) : null));
    }

    private void SetAlarm(ITimer alarm)
    {
        TimeSpan clock = Clock;
        TimeSpan next = _inFlight.Count < _options.ThrottleLimit && _queue.Min is { } first
            ? first.Due
            : TimeSpan.MaxValue;
        next = _queue.Count > 0 && _deadline < next ? _deadline : next;
        next = _progress.Tick is { } tick && clock + tick < next ? clock + tick : next;
        next = next < TimeSpan.MaxValue && next - clock > LongestRest ? clock + LongestRest : next;
        TimeSpan pause = next == TimeSpan.MaxValue
            ? Timeout.InfiniteTimeSpan
            : next > clock ? next - clock : TimeSpan.Zero;
        alarm.Change(pause, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct PollAnswer(
        WaitedTask Task,
        KlingTask? Answer = null,
        KlingException? Failure = null,
        ExceptionDispatchInfo? Unforeseen = null);
}
