namespace KlingPS.Http;

/// <summary>Who is told of each request and of each pause.</summary>
internal interface IRequestTrace
{
    /// <summary>False when nobody looks, and nothing need be prepared.</summary>
    bool WantsRequests { get; }

    /// <summary>Whether bodies are looked at too.</summary>
    bool WantsBodies { get; }

    /// <summary>A request has ended, well or badly. Bodies are without secrets already.</summary>
    void Completed(RequestTrace request);

    /// <summary>Nothing is sent for a while, and why.</summary>
    void Pausing(TimeSpan pause, string reason);

    /// <summary>Something a person should know although nothing failed.</summary>
    void Warn(string text);
}

/// <summary>One request for -Verbose and -Debug.</summary>
internal sealed record RequestTrace(HttpMethod Method, Uri Address, TimeSpan Elapsed)
{
    internal int? Status { get; init; }

    internal string? RequestId { get; init; }

    internal string? Failure { get; init; }

    internal string? RequestBody { get; init; }

    internal string? ResponseBody { get; init; }

    /// <summary>One line: method, path, status, duration, request id.</summary>
    public override string ToString()
    {
        string outcome = Status is { } status ? $"HTTP {status}" : Failure ?? "no answer";
        string id = RequestId is null ? "" : $", request id {RequestId}";
        return $"{Method} {Address.AbsolutePath}: {outcome} in {Elapsed.TotalMilliseconds:0} ms{id}";
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

    public void Pausing(TimeSpan pause, string reason)
    {
    }

    public void Warn(string text)
    {
    }
}
