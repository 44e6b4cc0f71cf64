using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace KlingPS.Pipeline;

/// <summary>
/// Lets asynchronous work write to a pipeline: work posts delegates, the pipeline thread takes them. Whatever way the
/// pipeline thread leaves, the work is cancelled and waited for first, so nothing goes on behind the prompt.
/// </summary>
internal sealed class Pump : IDisposable
{
    private static readonly Action Nothing = () => { };

    // Not a BlockingCollection: its semaphore spins four times as long before it sleeps, which takes the processor from
    // the answer it waits for.
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly ManualResetEventSlim _arrived = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _works = [];
    private bool _isClosed;

    // Counted on the pipeline thread only: the last action a work item posts subtracts it.
    private int _running;

    /// <summary>Signals that the pipeline ends: work that has sent nothing yet is not to send it any more.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>
    /// How long work may take to come to its end by itself once the pipeline ends, unless it is cancelled.
    /// </summary>
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

    /// <summary>
    /// Does work that the pipeline waits for, and then what the work says is to be done on the pipeline thread.
    /// </summary>
    /// <remarks>
    /// It begins on the pipeline thread, which would have nothing else to do, and ends with a single delegate: to wake
    /// a thread takes as long as to send a request.
    /// </remarks>
    /// <param name="meanwhile">What to do before the wait.</param>
    internal void Complete(Func<CancellationToken, Task<Action>> work, Action? meanwhile = null)
    {
        _works.RemoveAll(done => done.IsCompleted);
        _running++;
        _works.Add(RunAsync(work, _stop.Token));
        Run(meanwhile ?? Nothing);
        Drain();
    }

    /// <summary>Hands a delegate to the pipeline thread; after closing nobody runs it.</summary>
    internal void Post(Action action)
    {
        _posted.Enqueue(action);
        _arrived.Set();
    }

    /// <summary>Runs what is ready, without waiting.</summary>
    internal void TakeReady()
    {
        // May be called after closing: when a loop upstream catches a break downstream, the pipeline goes on.
        while (!_isClosed && _posted.TryDequeue(out Action? action))
        {
            Run(action);
        }
    }

    /// <summary>Runs what comes until at most so many works are left.</summary>
    internal void Drain(int leave = 0)
    {
        // Without a token: cancelled work still posts its last action.
        while (!_isClosed && _running > leave)
        {
            _arrived.Wait();
            _arrived.Reset();
            TakeReady();
        }

        TakeReady();
    }

    public void Dispose()
    {
        Close();
        _arrived.Dispose();
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

    /// <summary>
    /// Ends the work, within <see cref="GracePeriod"/> by itself, and takes nothing from it any more.
    /// </summary>
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

        _stop.Cancel();
        if (_running == 0)
        {
            // All work has posted its last action; nothing is left to wait for.
            return;
        }

        WaitForWorks(Timeout.InfiniteTimeSpan);
    }

    // A limited wait also ends on cancellation.
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
            // Ctrl+C during the wait.
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
            // Our own cancellation.
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
