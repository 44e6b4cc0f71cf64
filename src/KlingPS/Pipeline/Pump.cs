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
    private readonly List<Task> _works = [];
    private bool _isClosed;

    // Counted on the pipeline thread only: each work ends by posting its own subtraction, with the last it had to say.
    private int _running;

    /// <summary>Cancels everything started here; safe from any thread, as StopProcessing needs.</summary>
    internal void Cancel()
    {
        try
        {
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

    private void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _posted.Close();
        _stop.Cancel();
        if (_running == 0)
        {
            // All have said their last and are only returning.
            return;
        }

#pragma warning disable RS0030 // The pump is where tasks are waited for; none of these throws.
        Task.WaitAll([.. _works]);
#pragma warning restore RS0030
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
        catch (OperationCanceledException) when (token.IsCancellationRequested)
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
