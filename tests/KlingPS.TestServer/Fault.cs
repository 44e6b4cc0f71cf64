namespace KlingPS.TestServer;

/// <summary>Something that goes wrong at the socket, for the next matching request or requests.</summary>
/// <remarks>
/// Order: <see cref="Delay"/> and <see cref="Until"/>, then one of <see cref="Hang"/>, <see cref="Reset"/>,
/// <see cref="Status"/>; without any of these three the service's own answer is sent, as far as the rest lets it. With
/// <see cref="TruncateAfter"/>, <see cref="Hang"/> and <see cref="Reset"/> come after those bytes of the answer.
/// </remarks>
public sealed record Fault
{
    /// <summary>Which requests it hits; all unless said.</summary>
    public Func<ReceivedRequest, bool> Matches { get; init; } = _ => true;

    /// <summary>How many matching requests it hits.</summary>
    public int Times { get; init; } = 1;

    /// <summary>True: it hits before the service sees the request. False: the service has done it by then.</summary>
    public bool BeforeService { get; init; }

    /// <summary>A pause in real time.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>A pause until the test says so.</summary>
    public Task? Until { get; init; }

    /// <summary>Never answer, until the client goes away.</summary>
    public bool Hang { get; init; }

    /// <summary>Abort the connection.</summary>
    public bool Reset { get; init; }

    /// <summary>Answer with this status instead of the service's answer.</summary>
    public int? Status { get; init; }

    /// <summary>The body that goes with <see cref="Status"/>.</summary>
    public string Body { get; init; } = "";

    /// <summary>A body too large to be kept in memory, instead of <see cref="Body"/>.</summary>
    public StreamedBody? Stream { get; init; }

    /// <summary>Changes the text of the service's own answer.</summary>
    public Func<string, string>? Rewrite { get; init; }

    /// <summary>A Retry-After as a date, so long after the answer, to the next whole second.</summary>
    public TimeSpan? RetryAfterDate { get; init; }

    /// <summary>Headers set on the answer, whoever gave it; an empty value removes one.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Announce the whole length, send this many bytes, close.</summary>
    public long? TruncateAfter { get; init; }

    /// <summary>The pace of the answer's body, in real time.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>The service does not see the Range header, as if it knew none.</summary>
    public bool IgnoreRange { get; init; }

    /// <summary>An answer of the test's own. The service does not see the request.</summary>
    public static Fault Respond(int status, string body = "", IReadOnlyDictionary<string, string>? headers = null) =>
        new() { BeforeService = true, Status = status, Body = body, Headers = headers };

    /// <summary>The same, but the service has carried the request out.</summary>
    public static Fault RespondAfterService(int status, string body = "") => new() { Status = status, Body = body };

    /// <summary>The connection dies before the service sees the request.</summary>
    public static Fault ResetBeforeService() => new() { BeforeService = true, Reset = true };

    /// <summary>The service carries the request out, and the connection dies with the answer.</summary>
    public static Fault ResetAfterService() => new() { Reset = true };

    /// <summary>No answer, ever. The service does not see the request.</summary>
    public static Fault HangBeforeService() => new() { BeforeService = true, Hang = true };

    /// <summary>The service carries the request out and the answer never comes.</summary>
    public static Fault HangAfterService() => new() { Hang = true };

    /// <summary>The service's answer ends after so many bytes of its body.</summary>
    public static Fault Truncate(long afterBytes) => new() { TruncateAfter = afterBytes };

    /// <summary>The service's answer is cut by a reset after so many bytes of its body.</summary>
    public static Fault ResetWithin(long afterBytes) => new() { TruncateAfter = afterBytes, Reset = true };

    /// <summary>Nothing follows so many bytes of the service's answer, and the connection stays open.</summary>
    public static Fault HangWithin(long afterBytes) => new() { TruncateAfter = afterBytes, Hang = true };

    /// <summary>The service's answer comes at this pace.</summary>
    public static Fault Throttle(long bytesPerSecond) => new() { BytesPerSecond = bytesPerSecond };

    /// <summary>The service carries the request out, and its answer is held until the task completes.</summary>
    public static Fault HoldAnswer(Task until) => new() { Until = until };

    /// <summary>The same fault for requests of this method, with this text in their path.</summary>
    public Fault On(string method, string pathPart = "") => this with
    {
        Matches = request => request.Method == method && request.Path.Contains(pathPart, StringComparison.Ordinal),
    };

    /// <summary>The same fault, for every matching request.</summary>
    public Fault Always() => this with { Times = int.MaxValue };

    /// <summary>The service sees the request only when the answer is its own to give.</summary>
    internal bool ReplacesService => BeforeService && (HangsAtOnce || ResetsAtOnce || Status is not null);

    internal bool HangsAtOnce => Hang && TruncateAfter is null;

    internal bool ResetsAtOnce => Reset && TruncateAfter is null;
}
