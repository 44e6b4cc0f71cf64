using System.Collections.Concurrent;
using KlingPS.Http;

namespace KlingPS.Core.Tests.Support;

/// <summary>Keeps what -Verbose and -Debug would show.</summary>
internal sealed class TraceList : IRequestTrace
{
    internal ConcurrentQueue<RequestTrace> Requests { get; } = new();

    internal ConcurrentQueue<(TimeSpan Pause, string Reason)> Pauses { get; } = new();

    internal ConcurrentQueue<string> Warnings { get; } = new();

    public bool WantsRequests => true;

    public bool WantsBodies => true;

    public void Completed(RequestTrace request) => Requests.Enqueue(request);

    public void Pausing(TimeSpan pause, string reason) => Pauses.Enqueue((pause, reason));

    public void Warn(string text) => Warnings.Enqueue(text);
}
