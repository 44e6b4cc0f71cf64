namespace KlingPS.Transport;

/// <summary>Who is told of each request and of each pause.</summary>
internal interface IRequestTrace
{
    /// <summary>False when nobody looks, and nothing need be prepared.</summary>
    bool WantsRequests { get; }

    /// <summary>Whether bodies are looked at too.</summary>
    bool WantsBodies { get; }

    /// <summary>A request has ended, well or badly. Bodies are without secrets already.</summary>
    void Completed(RequestTrace request);

    /// <summary>Nothing is sent for so long, and why.</summary>
    /// <returns>To be disposed of when it goes on.</returns>
    IDisposable? Pausing(TimeSpan pause, string reason);

    /// <summary>Others go first, for about so long, and why.</summary>
    /// <returns>To be disposed of when it goes on.</returns>
    IDisposable? Queueing(TimeSpan expected, string reason);

    /// <summary>Something a person should know although nothing failed.</summary>
    void Warn(string text);
}

internal static class RequestTraceExtensions
{
    /// <summary>Pauses, and says so.</summary>
    internal static async Task PauseAsync(
        this IRequestTrace trace,
        TimeProvider time,
        TimeSpan pause,
        string reason,
        CancellationToken cancellationToken)
    {
        using IDisposable? said = trace.Pausing(pause, reason);
        await time.DelayAsync(pause, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>One request for -Verbose and -Debug.</summary>
internal sealed record RequestTrace(HttpMethod Method, Uri Address, TimeSpan Elapsed)
{
    /// <summary>How long the request waited for its turn before it was sent.</summary>
    internal TimeSpan Waited { get; init; }

    internal int? Status { get; init; }

    internal string? RequestId { get; init; }

    internal string? Failure { get; init; }

    internal string? RequestBody { get; init; }

    internal string? ResponseBody { get; init; }

    /// <summary>One line: method, path, status, duration, wait for its turn, request id.</summary>
    public override string ToString()
    {
        string outcome = Status is { } status ? $"HTTP {status}" : Failure ?? "no response";
        string id = RequestId is null ? "" : $", request id {RequestId}";
        double waited = Waited.TotalMilliseconds;
        string turn = waited < 1 ? "" : $" after waiting {waited:0} ms for its turn";
        return $"{Method} {Address.AbsolutePath}: {outcome} in {Elapsed.TotalMilliseconds:0} ms{turn}{id}";
    }
}

/// <summary>Tells nobody.</summary>
internal sealed class NoTrace : IRequestTrace
{
    internal static readonly NoTrace Instance = new();

    public bool WantsRequests => false;

    public bool WantsBodies => false;

    public void Completed(RequestTrace request)
    {
    }

    public IDisposable? Pausing(TimeSpan pause, string reason) => null;

    public IDisposable? Queueing(TimeSpan expected, string reason) => null;

    public void Warn(string text)
    {
    }
}
