namespace KlingPS.TestServer;

/// <summary>A count that can be waited for, so that no test has to look again and again.</summary>
internal sealed class Tally
{
    private readonly Lock _gate = new();
    private readonly List<(int Target, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add()
    {
        lock (_gate)
        {
            _count++;
            foreach ((_, TaskCompletionSource reached) in _waiting.Where(waiter => waiter.Target <= _count))
            {
                reached.TrySetResult();
            }

            _waiting.RemoveAll(waiter => waiter.Target <= _count);
        }
    }

    internal Task ReachAsync(int target, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count >= target)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((target, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
