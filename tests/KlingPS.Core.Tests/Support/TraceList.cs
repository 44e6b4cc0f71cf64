using System.Collections.Concurrent;
using KlingPS.Transport;

namespace KlingPS.Core.Tests.Support;

/// <summary>Keeps what -Verbose and -Debug would show.</summary>
internal sealed class TraceList : IRequestTrace
{
    internal ConcurrentQueue<RequestTrace> Requests { get; } = new();

    /// <summary>What was said to be waited for, and is.</summary>
    internal ConcurrentQueue<SaidWait> Waits { get; } = new();

    internal ConcurrentQueue<string> Warnings { get; } = new();

    public bool WantsRequests => true;

    public bool WantsBodies => true;

    public void Completed(RequestTrace request) => Requests.Enqueue(request);

    public IDisposable? Pausing(TimeSpan pause, string reason)
    {
        SaidWait wait = new(pause, reason);
        Waits.Enqueue(wait);
        return wait;
    }

    public IDisposable? Queueing(TimeSpan expected, string reason) => Pausing(expected, reason);

    public void Warn(string text) => Warnings.Enqueue(text);

    internal sealed class SaidWait(TimeSpan length, string reason) : IDisposable
    {
        internal TimeSpan Length => length;

        internal string Reason => reason;

        internal bool IsOver { get; private set; }

        public void Dispose() => IsOver = true;
    }
}
