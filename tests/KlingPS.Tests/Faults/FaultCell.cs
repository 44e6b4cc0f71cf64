namespace KlingPS.Tests.Faults;

/// <summary>One fault under one cmdlet.</summary>
internal sealed record FaultCell(FaultRow Row, FaultColumn Column, bool IsOfKling = false)
{
    // A token that is refused for its time is made anew, once.
    internal Outcome Expected => IsOfKling && Row.RefusesTime && !Column.IsDownload
        ? Column.Expected(Row) with { IsResent = true }
        : Column.Expected(Row);

    internal (string Fault, string Cmdlet) Name => (Row.Name, Column.Cmdlet);
}

/// <summary>What a cell came to.</summary>
internal sealed record Observation(Outcome Outcome, IReadOnlyList<string> Objections);

/// <summary>One fault: how it is brought about and what each cmdlet makes of it.</summary>
/// <param name="End">Below HTTP: the service, or the download host, is this.</param>
/// <param name="Fault">In HTTP: what hits every request of the cell. Given the address of another host.</param>
/// <param name="Download">The same for a download, where it has to be another.</param>
/// <param name="Times">How many requests the fault hits.</param>
/// <param name="ClockAhead">How far the server's clock is ahead.</param>
/// <param name="IsOwnTask">The task is one the connection has just made, and on this server it takes a moment.</param>
/// <param name="IsNobodysTask">A query asks for a task that nobody made.</param>
/// <param name="RefusesTime">The service says that the token's time has not come or is over.</param>
/// <param name="NeedsOtherHost">Whether another host has to be there.</param>
/// <param name="RequestTimeoutSec">Short only where it is the point; a busy machine changes no outcome.</param>
/// <param name="WaitSec">-TimeoutSec of the wait: long enough for a second poll after any pause of the row.</param>
/// <param name="QueueSec">Long enough to ask for a slot again, and for any pause of the row.</param>
/// <param name="LeastPause">What Retry-After asks for: no second request arrives earlier.</param>
/// <param name="LeastPolls">How often at least the wait has to look to see the task end in time.</param>
internal sealed record FaultRow(
    string Name,
    Outcome Extension,
    Outcome Video,
    Outcome Get,
    Outcome Wait,
    Outcome Save,
    Func<Task<FaultyEndpoint>>? End = null,
    Func<Uri, Fault>? Fault = null,
    Fault? Download = null,
    int Times = int.MaxValue,
    TimeSpan ClockAhead = default,
    bool IsOwnTask = false,
    bool IsNobodysTask = false,
    bool RefusesTime = false,
    bool NeedsOtherHost = false,
    int RequestTimeoutSec = FaultRow.UsualTimeoutSec,
    int WaitSec = 3,
    int QueueSec = 3,
    TimeSpan LeastPause = default,
    int LeastPolls = 0)
{
    internal const int UsualTimeoutSec = 30;
}

/// <summary>One cmdlet under a fault: the command, and which requests are its own.</summary>
internal sealed record FaultColumn(
    string Cmdlet, string Script, Func<FaultRow, Outcome> Expected, string Method, string Path, bool IsPaid = false)
{
    private const string Api = "/kling/";
    private const string OwnApi = "/v1/";

    // With -Debug alone the engine would ask before it goes on after a warning.
    private const string Streams = "-Verbose -Debug -WarningAction Continue";

    internal const string Downloads = "/videos/";

    internal static IReadOnlyList<FaultColumn> All { get; } =
    [
        new(
            "New-KlingExtension",
            "$task | New-KlingExtension -Prompt 'The sun breaks through' -QueueTimeoutSec $queueSec " + Streams,
            row => row.Extension,
            "POST",
            Api,
            IsPaid: true),
        new(
            "New-KlingVideo",
            "New-KlingVideo \"A quiet harbour $run\" -Model $model -QueueTimeoutSec $queueSec " + Streams,
            row => row.Video,
            "POST",
            Api,
            IsPaid: true),
        new(
            "New-KlingVideo, omni",
            "New-KlingVideo 'Based on <<<video_1>>>' -ReferenceVideo \"https://me.test/$run.mp4\" "
                + "-QueueTimeoutSec $queueSec " + Streams,
            row => row.Video,
            "POST",
            Api,
            IsPaid: true),
        new("Get-KlingTask", "Get-KlingTask $asked -Kind TextToVideo " + Streams, row => row.Get, "GET", Api),
        new(
            "Wait-KlingTask",
            "Wait-KlingTask $asked -Kind TextToVideo -TimeoutSec $waitSec -PollIntervalSec 0.3 " + Streams,
            row => row.Wait,
            "GET",
            Api),
        new(
            "Save-KlingVideo",
            "$video | Save-KlingVideo -Destination $out " + Streams,
            row => row.Save,
            "GET",
            Downloads),
    ];

    internal bool IsDownload => Path == Downloads;

    /// <summary>The same at Kling's own API.</summary>
    internal FaultColumn OfKling => IsDownload ? this : this with { Path = OwnApi };

    /// <summary>Whether a path is the service's, which gets the key.</summary>
    internal static bool IsApi(string path) =>
        path.StartsWith(Api, StringComparison.Ordinal) || path.StartsWith(OwnApi, StringComparison.Ordinal);

    /// <summary>Whether the request is one of the cmdlet's, rather than of the set-up or for a fresh address.</summary>
    internal bool Sends(ReceivedRequest request) =>
        request.Method == Method && request.Path.StartsWith(Path, StringComparison.Ordinal);

    /// <summary>Whether the line of -Verbose is about such a request.</summary>
    internal bool IsAbout(string verbose) => verbose.StartsWith($"{Method} {Path}", StringComparison.Ordinal);
}

/// <summary>What one cell of the table states: expected before the run, observed after it.</summary>
internal sealed record Outcome(string Error, bool IsResent, int Created, SubmissionOutcome? Submission = null)
{
    internal const string NoError = "none";

    /// <summary>No error.</summary>
    internal static readonly Outcome Fine = new(NoError, false, 0);

    /// <summary>No error, with more than one request.</summary>
    internal static readonly Outcome FineAtLast = Fine with { IsResent = true };

    /// <summary>The wait asked until its time was over; the error carries the task.</summary>
    internal static readonly Outcome Late = new("WaitTimeout", true, 0, SubmissionOutcome.Created);

    /// <summary>Nothing of the paid request was written, so it was tried again.</summary>
    internal static readonly Outcome NotSent = new("ConnectionFailed", true, 0, SubmissionOutcome.NotSent);

    /// <summary>The paid request made its task.</summary>
    internal static readonly Outcome Made = new(NoError, false, 1);

    /// <summary>The service says that it created nothing, and would say so again.</summary>
    internal static Outcome Refused(string error) => new(error, false, 0, SubmissionOutcome.NotCreated);

    /// <summary>The service says that it created nothing now.</summary>
    internal static Outcome RefusedForNow(string error) => new(error, true, 0, SubmissionOutcome.NotCreated);

    /// <summary>Nobody can say, so it is never sent again.</summary>
    internal static Outcome Unknown(int created, string error = "SubmissionUnknown") =>
        new(error, false, created, SubmissionOutcome.Unknown);

    /// <summary>A query that ends with its first answer.</summary>
    internal static Outcome Once(string error) => new(error, false, 0, SubmissionOutcome.NotSent);

    /// <summary>A query that was asked again before it ended.</summary>
    internal static Outcome Again(string error) => new(error, true, 0, SubmissionOutcome.NotSent);

    /// <summary>The same about a video, which exists.</summary>
    internal Outcome OfVideo() => this with { Submission = SubmissionOutcome.Created };
}

/// <summary>Answers in the service's and the gateway's shapes, with the key and a signed address as bait.</summary>
internal static class Answers
{
    internal const string Key = KlingTestServer.Key;
    internal const string SecretName = "ksSecret";
    internal const string Html = "<html><body>Bad gateway</body></html>";

    private const string Bait = $"Bearer {Key} https://v.example/1.mp4?{SecretName}=abc&ksTime=1";

    /// <summary>The service's own envelope.</summary>
    internal static string Service(int code, string message = "refused") =>
        $$"""{"code":{{code}},"message":"{{message}} {{Bait}}","request_id":"r-{{code}}"}""";

    /// <summary>The gateway's envelope.</summary>
    internal static string Gateway(string code) =>
        $$$"""{"error":{"message":"{{{Bait}}} (request id: """
            + $$$"""r-1)","type":"comet_api_error","param":"","code":"{{{code}}}"}}""";

    /// <summary>The task envelope of the gateway's family.</summary>
    internal static string Task(string code, string message = Bait) =>
        $$"""{"code":"{{code}}","message":"{{message}}","data":null}""";

    /// <summary>The service's own answer as a string in the gateway's.</summary>
    internal static string Passed(int code) =>
        Task("fail_to_fetch_task", Service(code).Replace("\"", "\\\"", StringComparison.Ordinal));

    /// <summary>Before the service sees the request.</summary>
    internal static Func<Uri, Fault> Before(int status, string body) => _ => Fault.Respond(status, body);

    /// <summary>After the service carried it out.</summary>
    internal static Func<Uri, Fault> After(int status, string body) => _ => Fault.RespondAfterService(status, body);

    internal static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };
}
