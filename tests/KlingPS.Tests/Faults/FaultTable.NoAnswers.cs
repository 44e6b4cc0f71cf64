using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>A status of success with something in it that is no task, or no video.</content>
internal static partial class FaultTable
{
    private const int Mebibytes = 200;
    private const string InChunks = "200 with 200 MB, in chunks";
    private const string Bomb = "200 with gzip that expands to 10 GB";

    /// <summary>What must not get into memory, under every cmdlet.</summary>
    internal static IEnumerable<FaultCell> TooLarge => Cells.Where(cell =>
        cell.Row.Name == Done(InChunks) || cell.Row.Name == Done(Bomb));

    private static FaultRow[] NoAnswers =>
    [
        .. Unreadable("200 with an empty body", 200, ""),
        .. Unreadable("200 HTML", 200, Answers.Html),
        .. Unreadable("200 with truncated JSON", 200, """{"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"86123"""),
        .. Unreadable("200 with wrong types", 200, """{"code":0,"message":7,"data":{"task_id":{"a":1},"task_status":[true],"created_at":"x"}}"""),
        .. Unreadable("200 with null data", 200, """{"code":0,"message":"SUCCEED","request_id":"r","data":null}"""),
        .. Unreadable("200 with a code we do not know", 200, Answers.Service(7777)),
        .. Large("200 with 200 MB, announced", StreamedBody.OfMebibytes(Mebibytes, isAnnounced: true)),
        Large(InChunks, StreamedBody.OfMebibytes(Mebibytes, isAnnounced: false))[1],
        .. Unreadable(Bomb, Fault.Respond(200, "", Answers.Header("Content-Encoding", "gzip")) with { Stream = StreamedBody.Bomb() }),
        UnknownWord(),
    ];

    private static FaultRow[] Unreadable(string name, int status, string body) => Unreadable(
        name,
        // The empty body of a video has a video's type.
        Fault.Respond(status, body, body.Length == 0 ? Answers.Header("Content-Type", "video/mp4") : null));

    private static FaultRow[] Unreadable(string name, Fault fault)
    {
        FaultRow row = Row(
            $"{name}, before the service acts",
            Outcome.Unknown(0),
            Outcome.Once("UnexpectedResponse"),
            Outcome.Late,
            Outcome.Once("UnexpectedResponse")) with { Fault = _ => fault };
        return [row, Acted(row, name) with { Fault = _ => fault with { BeforeService = false } }];
    }

    // No answer is so large; a video may be.
    private static FaultRow[] Large(string name, StreamedBody body) =>
    [
        .. Unreadable(name, Fault.Respond(200, "", Answers.Header("Content-Type", "video/mp4")) with { Stream = body })
            .Select(row => row with { Save = Outcome.Fine }),
    ];

    // The task is as good as any other; only its end is not seen before the service says so.
    private static FaultRow UnknownWord() => Row(
        "200 with an unknown status word",
        Outcome.Made,
        Outcome.Fine,
        Outcome.Late,
        Outcome.Once("UnexpectedResponse")) with
    {
        Fault = _ => new Fault
        {
            Rewrite = text => text
                .Replace("\"task_status\":\"submitted\"", "\"task_status\":\"queued\"", StringComparison.Ordinal)
                .Replace("\"task_status\":\"succeed\"", "\"task_status\":\"queued\"", StringComparison.Ordinal),
        },
        Download = Fault.Respond(200, """{"code":0,"message":"SUCCEED","data":{"task_id":"1","task_status":"queued"}}"""),
    };
}
