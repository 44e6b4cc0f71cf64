using System.Diagnostics;
using KlingPS.Requests;
using KlingPS.Responses;
using KlingPS.Transport;

namespace KlingPS.Shared.Replies;

/// <summary>What came out of one answer, and what it cost.</summary>
/// <param name="Task">The task; null when there is an error.</param>
/// <param name="Error">The error; null when there is a task.</param>
/// <param name="Message">The error's whole message; empty without one.</param>
/// <param name="Elapsed">The time it took.</param>
/// <param name="Allocated">The bytes it allocated.</param>
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

    private static readonly ExtensionRequest Extension = new("861234567890123456", "861234567890123457") { Prompt = "The sun breaks through" };
    private static readonly VideoRequest Video = new() { Prompt = "A quiet harbour" };

    /// <exception cref="Exception">Whatever is no KlingException.</exception>
    internal static Reading Read(ReplyCase given)
    {
        // A query is about the task that is in its answer.
        ApiRequest call = given.IsPaid ? CallOf(given.Asked) : CallOf(given.Asked) with { TaskId = given.Origin.TaskId ?? "861234567890123456" };
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
            task,
            error,
            message,
            Stopwatch.GetElapsedTime(started),
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
        status is >= 300 and <= 399 ? new Uri($"https://elsewhere.test/{RealBodies.Key}/x?ksSecret={RealBodies.Signature}") : null;

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
