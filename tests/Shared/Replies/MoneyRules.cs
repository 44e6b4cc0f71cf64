using System.Text.Json;
using KlingPS.Requests;

namespace KlingPS.Shared.Replies;

/// <summary>Nothing is paid twice, and nothing paid is lost.</summary>
/// <remarks>
/// A paid call is sent again only when the answer proves that nothing was created. What proves it is listed here a second
/// time, apart from the code under test: a code of the service or the gateway, or a status that refuses.
/// </remarks>
internal static class MoneyRules
{
    private static readonly HashSet<string> Refusals =
    [
        "1000", "1001", "1002", "1003", "1004", "1100", "1101", "1102", "1103", "1200", "1201", "1202", "1203", "1300", "1301", "1302", "1303",
        "1304", "insufficient_user_quota", "pre_consume_token_quota_failed", "permission_denied", "model_not_found",
    ];

    internal static void Check(ReplyCase given, Reading reading)
    {
        if (given.TaskIdToFind is { } id)
        {
            ReplyRules.Require(reading.Task?.TaskId == id, "A task whose id is in the answer is not lost.", reading.Outcome);
        }

        if (reading.Error is not { } error)
        {
            return;
        }

        if (!given.IsPaid)
        {
            ReplyRules.Require(error.Submission == SubmissionOutcome.NotSent, "A query submits nothing.");
            return;
        }

        ReplyRules.Require(
            error.Submission is SubmissionOutcome.NotCreated or SubmissionOutcome.Unknown,
            "A paid call that was answered was sent, and what it made is a task, not an error.",
            $"{error.Submission}");
        ReplyRules.Require(
            !error.IsRetryable || (error.Submission == SubmissionOutcome.NotCreated && error.ErrorId is "RateLimited" or "ConcurrencyLimited"),
            "A paid call is sent again only when nothing was created.",
            error.ErrorId);
        ReplyRules.Require(
            error.Submission == SubmissionOutcome.Unknown || Proves(given, error),
            "Nothing was created only where the answer proves it; an answer of success that cannot be read proves nothing.",
            $"{error.ErrorId}, code {error.ServiceCode}");
        ReplyRules.Require(
            error.Submission == SubmissionOutcome.Unknown == error.RecommendedAction.Contains("before you pay again", StringComparison.OrdinalIgnoreCase),
            "Whoever may have paid is told to look before paying again.",
            error.RecommendedAction);
        if (NamedTask(given) is { } named)
        {
            ReplyRules.Require(error.Submission == SubmissionOutcome.Unknown, "An answer that names a new task does not prove that there is none.", named);
            ReplyRules.Require(reading.Message.Contains(named, StringComparison.Ordinal), "The id of a task that may have been paid for is told.", named);
        }
    }

    private static bool Proves(ReplyCase given, KlingException error)
    {
        if (error.ServiceCode is { } code && (Refusals.Contains(code) || (code == "invalid_request" && given.Status == 500)))
        {
            return true;
        }

        // A 429 without a readable body may come from something between, after the service has acted.
        bool isRead = error.ServiceCode is not null || error.ServiceMessage is not null || error.RequestId is not null || IsObject(given);
        return given.Status is >= 400 and <= 499 && given.Status != 408 && (given.Status != 429 || isRead);
    }

    private static bool IsObject(ReplyCase given)
    {
        try
        {
            using JsonDocument document = Parse(given);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Where the service puts the id of what it has created; the parent's own id is no new task.
    private static string? NamedTask(ReplyCase given)
    {
        try
        {
            using JsonDocument document = Parse(given);
            string? id = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("task_id", out JsonElement text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()
                    : null;
            return id is { Length: >= 10 and < 100 } && id.All(char.IsAsciiDigit) && id != (ReplyReading.CallOf(given.Asked).Submission as ExtensionRequest)?.TaskId
                ? id
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonDocument Parse(ReplyCase given)
    {
        byte[] body = given.Received ?? [];
        return JsonDocument.Parse(body is [0xEF, 0xBB, 0xBF, ..] ? body.AsMemory(3) : body);
    }
}
