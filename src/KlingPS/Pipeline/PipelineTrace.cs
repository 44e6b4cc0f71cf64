using System.Diagnostics;
using KlingPS.Transport;

namespace KlingPS.Pipeline;

/// <summary>Shows requests with -Verbose, their bodies with -Debug, and the waits before them in a bar too.</summary>
internal sealed class PipelineTrace(PipelineWriter writer, WaitIndicator notes, bool verbose, bool debug) : IRequestTrace
{
    // Longer than this, a person should know why nothing happens.
    private static readonly TimeSpan WorthAWarning = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _lock = new();
    private string _said = "";
    private TimeSpan _saidUntil;

    public bool WantsRequests => verbose || debug;

    public bool WantsBodies => debug;

    public void Completed(RequestTrace request)
    {
        writer.Verbose(request.ToString());
        if (request.RequestBody is { } sent)
        {
            writer.Debug($"{request.Method} {request.Address.AbsolutePath} sent {sent}");
        }

        if (request.ResponseBody is { } received)
        {
            writer.Debug($"{request.Method} {request.Address.AbsolutePath} received {received}");
        }
    }

    public IDisposable? Pausing(TimeSpan pause, string reason)
    {
        if (IsNews(pause, reason))
        {
            Action<string> say = pause > WorthAWarning ? writer.Warning : writer.Verbose;
            say($"Pausing for {pause.TotalSeconds:0.#} s: {reason}");
        }

        return notes.Add(pause, reason);
    }

    public IDisposable? Queueing(TimeSpan expected, string reason)
    {
        if (IsNews(expected, reason))
        {
            writer.Verbose($"Waiting for up to {expected.TotalSeconds:0.#} s: {reason}");
        }

        return notes.Add(expected, reason);
    }

    public void Warn(string text) => writer.Warning(text);

    // A hundred requests that wait for the same say so once.
    private bool IsNews(TimeSpan length, string reason)
    {
        lock (_lock)
        {
            TimeSpan end = _clock.Elapsed + length;
            if (reason == _said && end <= _saidUntil + RateLimiter.Noticeable)
            {
                return false;
            }

            (_said, _saidUntil) = (reason, end);
            return true;
        }
    }
}
