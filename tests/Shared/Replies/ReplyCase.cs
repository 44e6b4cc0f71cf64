using System.Diagnostics;
using System.Text;
using CsCheck;
using KlingPS.Requests;
using KlingPS.Responses;
using KlingPS.Transport;

namespace KlingPS.Shared.Replies;

/// <summary>Which of the requests an answer belongs to.</summary>
internal enum Asked
{
    Query,
    Extension,
    Video,
    NamedVideo,
}

/// <summary>One answer: a real body, what happened to it, and what stands around it.</summary>
internal sealed record ReplyCase(Asked Asked, int Status, RealBody Origin, Edit[] Edits, string? RetryAfter)
{
    // The service's answer would have been longer than anybody reads.
    private const int MaxBytes = KlingPS.Transport.BoundedBody.MaxBytes;

    internal byte[] Body { get; } = Editor.Apply(Origin.Bytes, Edits);

    internal bool IsPaid => Asked != Asked.Query;

    internal bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>What the reader gets: nothing of a body that is too long.</summary>
    internal byte[]? Received => Body.Length <= MaxBytes ? Body : null;

    /// <summary>The id that must come out, or null where damage or status excuse it.</summary>
    internal string? TaskIdToFind =>
        IsSuccess && Array.TrueForAll(Edits, edit => edit.KeepsTask) ? Origin.TaskId : null;

    internal bool KeepsWords => Array.TrueForAll(Edits, edit => edit.KeepsWords);

    /// <summary>Enough to see it, and to put it into a test of its own.</summary>
    public override string ToString()
    {
        const int shown = 2_000;
        string text = ReplyRules.Visible(Encoding.Latin1.GetString(Body, 0, Math.Min(Body.Length, shown)));
        string edits = string.Join(", ", Edits.Select(edit => $"{edit.Kind} {edit.At} {edit.What}"));
        return $"{Asked}, HTTP {Status}, Retry-After '{RetryAfter}', {Body.Length} bytes of '{Origin.Name}' after "
            + $"[{edits}]: {text}";
    }
}

/// <summary>What can happen to a body.</summary>
internal enum EditKind
{
    // These three leave it clear which task the body is about.
    OtherValue,
    Neighbour,
    Mark,

    AnyValue,
    Twice,
    Rename,
    LongValue,
    Deep,
    Quote,
    Flip,
    Insert,
    Delete,
    Truncate,
    Repeat,
    Noise,
}

/// <summary>One thing that happens to a body.</summary>
internal readonly record struct Edit(EditKind Kind, uint At, uint What)
{
    /// <summary>Whether a task that was in the body must still come out of it.</summary>
    internal bool KeepsTask => Kind is EditKind.OtherValue or EditKind.Neighbour or EditKind.Mark;

    /// <summary>Whether words are still whole, so that what must not be seen can be looked for.</summary>
    internal bool KeepsWords => Kind is not (EditKind.Flip or EditKind.Insert or EditKind.Delete or EditKind.Truncate);
}

/// <summary>Makes answers: most of them nearly right, which is where a reader goes wrong.</summary>
internal static class ReplyCases
{
    private static readonly Gen<EditKind> Light = Gen.OneOf(EditKind.OtherValue, EditKind.Neighbour, EditKind.Mark);

    private static readonly Gen<EditKind> Any = Gen.Frequency(
        (2, EditKind.OtherValue), (2, EditKind.Neighbour), (1, EditKind.Mark),
        (30, EditKind.AnyValue), (8, EditKind.Twice), (8, EditKind.Rename), (2, EditKind.LongValue), (1, EditKind.Deep),
        (4, EditKind.Quote),
        (8, EditKind.Flip), (8, EditKind.Insert), (8, EditKind.Delete), (4, EditKind.Truncate), (1, EditKind.Repeat),
        (1, EditKind.Noise));

    private static readonly Gen<int> Status = Gen.Frequency(
        (8, Gen.Const(200)),
        (4, Gen.OneOf(201, 204, 301, 302, 400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 502, 503, 504, 524)),
        (1, Gen.Const(429)),
        (2, Gen.Int[100, 599]));

    private static readonly Gen<string?> RetryAfter = Gen.Frequency(
        (6, Gen.Const((string?)null)),
        (1, Gen.OneOf<string?>(
            "", "0", "-1", "1", "0.5", "30", "86400", "2147483647", "2147483648", "99999999999999999999", "1e9", "NaN",
            "soon", " 5 ", "5, 6", "\u0665",
            "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 01 Mar 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 32 Foo 2026 25:61:61 GMT")),
        (1, Gen.Int.Select(seconds => (string?)seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))));

    /// <summary>What every property holds for.</summary>
    internal static Gen<ReplyCase> All { get; } = Gen.Select(
        Gen.OneOf(Enum.GetValues<Asked>()),
        Status,
        Gen.OneOf(RealBodies.All),
        Gen.Frequency((1, Edits(Light)), (4, Edits(Any))),
        RetryAfter,
        (asked, status, origin, edits, retryAfter) => new ReplyCase(asked, status, origin, edits, retryAfter));

    private static Gen<Edit[]> Edits(Gen<EditKind> kinds) =>
        Gen.Select(kinds, Gen.UInt.Uniform, Gen.UInt.Uniform, (kind, at, what) => new Edit(kind, at, what)).Array[0, 4];
}

/// <summary>What came out of one answer, and what it cost.</summary>
internal sealed record Reading(KlingTask? Task, KlingException? Error, string Message, TimeSpan Elapsed, long Allocated)
{
    /// <summary>The error's id, or what a task is called.</summary>
    internal string Outcome => Error?.ErrorId ?? "(task)";
}

/// <summary>Reads an answer as the client does.</summary>
internal static class ReplyReading
{
    internal const string OwnId = "mine-42";

    internal static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ExtensionRequest Extension = new(
        "861234567890123456", "861234567890123457") { Prompt = "The sun breaks through" };
    private static readonly VideoRequest Video = new() { Prompt = "A quiet harbour" };

    internal static Reading Read(ReplyCase given)
    {
        // A query is about the task that is in its answer.
        ApiRequest call = given.IsPaid ? CallOf(given.Asked) : CallOf(given.Asked)
            with { TaskId = given.Origin.TaskId ?? "861234567890123456" };
        ApiResponse reply = new(given.Status, given.Received, Pause(given.RetryAfter), Location(given.Status));
        KlingTask? task = null;
        KlingException? error = null;
        string message = "";
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        try
        {
            task = ResponseReader.Read(call, reply, RealBodies.Key, Now);
        }
        catch (KlingException e)
        {
            error = e;
            message = e.Message;
        }

        return new Reading(
            task, error, message, Stopwatch.GetElapsedTime(started),
            GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    internal static ApiRequest CallOf(Asked asked) => asked switch
    {
        Asked.Extension => ApiRequest.Submit(Extension),
        Asked.Video => ApiRequest.Submit(Video),
        Asked.NamedVideo => ApiRequest.Submit(Video with { ExternalTaskId = OwnId }),
        _ => ApiRequest.Query("861234567890123456", KlingTaskKind.VideoExtension),
    };

    // The header goes the way it comes: through the framework's own reading of it.
    private static TimeSpan? Pause(string? header)
    {
        if (header is null)
        {
            return null;
        }

        using HttpResponseMessage response = new();
        response.Headers.TryAddWithoutValidation("Retry-After", header);
        return ResponseHeaders.PauseAskedFor(response, new StoppedClock());
    }

    private static Uri? Location(int status) =>
        status is >= 300 and <= 399
            ? new Uri($"https://elsewhere.test/{RealBodies.Key}/x?ksSecret={RealBodies.Signature}")
            : null;

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
