namespace KlingPS.TestServer;

/// <summary>The faults still to happen, oldest first.</summary>
internal sealed class FaultQueue
{
    private readonly object _gate = new();
    private readonly List<(Fault Fault, int Left)> _pending = [];

    internal void Add(Fault fault)
    {
        lock (_gate)
        {
            _pending.Add((fault, fault.Times));
        }
    }

    /// <summary>The oldest fault that matches, used up by one.</summary>
    internal Fault? Take(ReceivedRequest request)
    {
        lock (_gate)
        {
            int index = _pending.FindIndex(entry => entry.Fault.Matches(request));
            if (index < 0)
            {
                return null;
            }

            (Fault fault, int left) = _pending[index];
            if (left == int.MaxValue)
            {
                return fault;
            }

            if (left > 1)
            {
                _pending[index] = (fault, left - 1);
            }
            else
            {
                _pending.RemoveAt(index);
            }

            return fault;
        }
    }
}
