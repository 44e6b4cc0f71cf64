namespace KlingPS.Pipeline;

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
