using System.Runtime.ExceptionServices;

namespace KlingPS.Pipeline;

/// <summary>
/// Lets asynchronous work write to a pipeline: work posts delegates, the pipeline thread takes them. Whatever way the
/// pipeline thread leaves, the work is cancelled and waited for first, so nothing goes on behind the prompt.
/// </summary>
internal sealed class Pump : IDisposable
{
    private static readonly Action Nothing = () => { };

    private readonly PostedActions _posted = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _works = [];
    private bool _isClosed;

    // Counted on the pipeline thread only: each work ends by posting its own subtraction, with the last it had to say.
    private int _running;

    /// <summary>Signals that the pipeline ends: work that has sent nothing yet is not to send it any more.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>How long work may take to come to its end by itself once the pipeline ends, unless it is cancelled.</summary>
    internal TimeSpan GracePeriod { get; set; }

    /// <summary>Cancels everything started here; safe from any thread, as StopProcessing needs.</summary>
    internal void Cancel()
    {
        try
        {
            _stopping.Cancel();
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended while it was being stopped.
        }
    }

    /// <summary>Starts work off the pipeline thread.</summary>
    internal void Start(Func<CancellationToken, Task> work)
    {
        _works.RemoveAll(done => done.IsCompleted);
        _running++;
        CancellationToken token = _stop.Token;
        _works.Add(Task.Run(() => RunAsync(work, token), CancellationToken.None));
    }

    /// <summary>Does work that the pipeline waits for, and then what the work says is to be done on the pipeline thread.</summary>
    /// <remarks>
    /// It begins on the pipeline thread, which would have nothing else to do, and ends with a single delegate: to wake a
    /// thread takes as long as to send a request.
    /// </remarks>
    internal void Complete(Func<CancellationToken, Task<Action>> work)
    {
        _works.RemoveAll(done => done.IsCompleted);
        _running++;
        _works.Add(RunAsync(work, _stop.Token));
        Drain();
    }

    /// <summary>Hands a delegate to the pipeline thread.</summary>
    /// <returns>False when nobody will run it any more.</returns>
    internal bool Post(Action action) => _posted.TryAdd(action);

    /// <summary>Runs what is ready, without waiting.</summary>
    internal void TakeReady()
    {
        // Closed, it may still be asked: a break downstream is caught by a loop upstream, and the pipeline goes on to its end.
        while (!_isClosed && _posted.TakeReady() is { } action)
        {
            Run(action);
        }
    }

    /// <summary>Runs what comes until at most so many works are left.</summary>
    internal void Drain(int leave = 0)
    {
        // Without a token: a cancelled work still ends with its subtraction.
        while (!_isClosed && _running > leave)
        {
            Run(_posted.Take());
        }

        TakeReady();
    }

    public void Dispose()
    {
        Close();
        _stop.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Does the little that is left when nothing is pumped any more, and waits for it.</summary>
    internal static void RunToEnd(Func<CancellationToken, Task> work, TimeSpan limit)
    {
        using CancellationTokenSource late = new(limit);
#pragma warning disable RS0030 // The pump is where tasks are waited for.
        Task.Run(() => work(late.Token)).GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    /// <summary>Lets work send nothing more, and cancels it after a time.</summary>
    internal void CancelAfter(TimeSpan limit)
    {
        _stopping.Cancel();
        _stop.CancelAfter(limit);
    }

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Ends the work, within <see cref="GracePeriod"/> by itself, and takes nothing from it any more.</summary>
    internal void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _stopping.Cancel();
        if (GracePeriod > TimeSpan.Zero && _running > 0)
        {
            WaitForWorks(GracePeriod);
        }

        _posted.Close();
        _stop.Cancel();
        if (_running == 0)
        {
            // All work has posted its last action; nothing is left to wait for.
            return;
        }

        WaitForWorks(Timeout.InfiniteTimeSpan);
    }

    // A limited wait also ends when everything is cancelled.
    private void WaitForWorks(TimeSpan limit)
    {
        try
        {
#pragma warning disable RS0030 // The pump is where tasks are waited for; none of these throws.
            CancellationToken cancelled = limit == Timeout.InfiniteTimeSpan ? CancellationToken.None : _stop.Token;
            Task.WaitAll([.. _works], (int)limit.TotalMilliseconds, cancelled);
#pragma warning restore RS0030
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C while it was waited for.
        }
    }

    private Task RunAsync(Func<CancellationToken, Task> work, CancellationToken token) => RunAsync(
        async given =>
        {
            await work(given).ConfigureAwait(false);
            return Nothing;
        },
        token);

    private async Task RunAsync(Func<CancellationToken, Task<Action>> work, CancellationToken token)
    {
        Action last = Nothing;
        try
        {
            last = await work(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // Our own cancellation: the pipeline knows.
        }
        catch (Exception e)
        {
            last = ExceptionDispatchInfo.Capture(e).Throw;
        }

        Post(() =>
        {
            _running--;
            last();
        });
    }
}

/// <summary>What is to be done on the pipeline thread, in the order it was posted.</summary>
/// <remarks>
/// A BlockingCollection has to be disposed, and for that whoever posted last has to be waited for, which wakes the pipeline
/// thread a second time.
/// </remarks>
internal sealed class PostedActions
{
    private readonly Queue<Action> _queue = new();
    private volatile int _count;
    private bool _isClosed;

    /// <returns>False when nobody will take it any more.</returns>
    internal bool TryAdd(Action action)
    {
        lock (_queue)
        {
            if (_isClosed)
            {
                return false;
            }

            _queue.Enqueue(action);
            _count = _queue.Count;
            Monitor.Pulse(_queue);
            return true;
        }
    }

    /// <summary>The next, once there is one.</summary>
    internal Action Take()
    {
        SpinWait look = default;
        while (_count == 0 && Platform.SpinOnce(ref look))
        {
        }

        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                Monitor.Wait(_queue);
            }

            return Next()!;
        }
    }

    /// <summary>The next, or null when there is none yet.</summary>
    internal Action? TakeReady()
    {
        lock (_queue)
        {
            return Next();
        }
    }

    /// <summary>From now on nothing is added.</summary>
    internal void Close()
    {
        lock (_queue)
        {
            _isClosed = true;
        }
    }

    private Action? Next()
    {
        Action? next = _queue.Count > 0 ? _queue.Dequeue() : null;
        _count = _queue.Count;
        return next;
    }
}
