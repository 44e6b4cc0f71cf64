using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using KlingPS.Requests;

namespace KlingPS.Shared.Replies;

/// <summary>What holds for every answer whatsoever.</summary>
internal static class ReplyRules
{
    /// <summary>Reads the answer and checks everything there is to check.</summary>
    internal static Reading Check(ReplyCase given)
    {
        Reading reading = ReplyReading.Read(given);
        OutcomeRules.Check(given, reading);
        MoneyRules.Check(given, reading);
        TextRules.Check(given, reading);
        return CostRules.Check(given, reading);
    }

    internal static void Require(bool holds, string rule, string? detail = null)
    {
        if (!holds)
        {
            throw new InvalidOperationException(detail is null ? rule : $"{rule} ({Visible(detail)})");
        }
    }

    /// <summary>A text as it can be printed: what is not plain is its number.</summary>
    internal static string Visible(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"<{(int)c:X2}>"));
}

/// <summary>One of two things comes out, and it is whole.</summary>
internal static class OutcomeRules
{
    private static readonly string?[] EndWords =
        ["succeed", "succeeded", "success", "completed", "failed", "failure", "error", "expired"];

    internal static void Check(ReplyCase given, Reading reading)
    {
        if (reading.Task is { } task)
        {
            ReplyRules.Require(given.IsSuccess, "An error status is never a task.");
            ReplyRules.Require(IsId(task.TaskId), "A task has an id that can be asked for.", task.TaskId);
            ReplyRules.Require(task.Kind == ReplyReading.CallOf(given.Asked).Kind, "A task is of the kind asked for.");
            ReplyRules.Require(
                task.Videos is not null && task.VideoCount == task.Videos.Length,
                "A task says how many videos it has.");
            ReplyRules.Require(task.VideoId == task.Videos!.FirstOrDefault()?.VideoId, "A task's video is its first.");
            ReplyRules.Require(
                task.IsCompleted == EndWords.Contains(task.RawStatus?.Trim().ToLowerInvariant()),
                "Only the words of the service and of its gateways end a task.", task.RawStatus);
        }
        else
        {
            KlingException error = reading.Error!;
            ReplyRules.Require(KlingError.All.Contains(error.Error), "An error is in the table.", error.ErrorId);
            ReplyRules.Require(error.HttpStatus == given.Status, "An error carries the status.");
            ReplyRules.Require(
                error.RetryAfter is null || error.RetryAfter > TimeSpan.Zero, "A pause is none or takes time.");
            ReplyRules.Require(
                reading.Message.EndsWith(error.RecommendedAction, StringComparison.Ordinal),
                "A message ends with what to do.");
        }
    }

    private static bool IsId(string id)
    {
        try
        {
            return TaskIds.Check(id) == id;
        }
        catch (KlingException)
        {
            return false;
        }
    }
}

/// <summary>Nothing is paid twice, and nothing paid is lost.</summary>
/// <remarks>
/// A paid call is sent again only when the answer proves that nothing
/// was created. What proves it is listed here a second
/// time, apart from the code under test: a code of the service or the gateway, or a status that refuses.
/// </remarks>
internal static class MoneyRules
{
    private static readonly HashSet<string> Refusals =
    [
        "1000", "1001", "1002", "1003", "1004", "1100", "1101", "1102", "1103", "1200", "1201", "1202", "1203", "1300",
        "1301", "1302", "1303",
        "1304", "insufficient_user_quota", "pre_consume_token_quota_failed", "permission_denied", "model_not_found",
    ];

    internal static void Check(ReplyCase given, Reading reading)
    {
        if (given.TaskIdToFind is { } id)
        {
            ReplyRules.Require(
                reading.Task?.TaskId == id, "A task whose id is in the answer is not lost.", reading.Outcome);
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
            "A paid call that was answered was sent, and what it made is a task, not an error.", $"{error.Submission}");
        ReplyRules.Require(
            !error.IsRetryable
                || (error.Submission == SubmissionOutcome.NotCreated
                    && error.ErrorId is "RateLimited" or "ConcurrencyLimited"),
            "A paid call is sent again only when nothing was created.",
            error.ErrorId);
        ReplyRules.Require(
            error.Submission == SubmissionOutcome.Unknown || Proves(given, error),
            "Nothing was created only where the answer proves it; an answer of success that cannot be read proves "
                + "nothing.",
            $"{error.ErrorId}, code {error.ServiceCode}");
        ReplyRules.Require(
            error.Submission == SubmissionOutcome.Unknown == error.RecommendedAction.Contains(
                "before you pay again", StringComparison.OrdinalIgnoreCase),
            "Whoever may have paid is told to look before paying again.",
            error.RecommendedAction);
        if (NamedTask(given) is { } named)
        {
            ReplyRules.Require(
                error.Submission == SubmissionOutcome.Unknown,
                "An answer that names a new task does not prove that there is none.", named);
            ReplyRules.Require(
                reading.Message.Contains(named, StringComparison.Ordinal),
                "The id of a task that may have been paid for is told.", named);
        }
    }

    private static bool Proves(ReplyCase given, KlingException error)
    {
        if (error.ServiceCode is { } code
            && (Refusals.Contains(code) || (code == "invalid_request" && given.Status == 500)))
        {
            return true;
        }

        // A 429 without a readable body may come from something between, after the service has acted.
        bool isRead = error.ServiceCode is not null
            || error.ServiceMessage is not null
            || error.RequestId is not null
            || IsObject(given);
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
                && document.RootElement.TryGetProperty(
                    "data", out JsonElement data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("task_id", out JsonElement text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()
                    : null;
            return id is { Length: >= 10 and < 100 }
                && id.All(char.IsAsciiDigit)
                && id != (ReplyReading.CallOf(given.Asked).Submission as ExtensionRequest)?.TaskId
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

/// <summary>What a person sees is short, steers no terminal, and holds no secret.</summary>
internal static class TextRules
{
    /// <summary>Characters of a whole message: what happened, what the service said, and what to do.</summary>
    internal const int LongestMessage = 3_000;

    /// <summary>Characters of any one thing the service said, with the sign that there was more.</summary>
    internal const int LongestText = 501;

    // An address with more than the sign that its query was left out.
    private static readonly Regex Query = new(
        @"https?:\\*/\\*/[^\s""'<>?]*\?(?!…)[^\s""'<>]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly PropertyInfo[] TaskTexts = Texts(typeof(KlingTask));
    private static readonly PropertyInfo[] VideoTexts = Texts(typeof(KlingVideo));

    internal static void Check(ReplyCase given, Reading reading)
    {
        if (reading.Task is { } task)
        {
            CheckAll(given, TaskTexts, task);
            foreach (KlingVideo video in task.ParentVideo is { } parent ? task.Videos.Append(parent) : task.Videos)
            {
                CheckAll(given, VideoTexts, video);
            }

            return;
        }

        KlingException error = reading.Error!;
        Check(given, "Message", reading.Message, LongestMessage);
        Check(given, "ServiceCode", error.ServiceCode, LongestText);
        Check(given, "ServiceMessage", error.ServiceMessage, LongestText);
        Check(given, "RequestId", error.RequestId, LongestText);
        Check(given, "RecommendedAction", error.RecommendedAction, LongestText);
        ReplyRules.Require(error.InnerException is null, "What cannot be read is not quoted by an inner exception.");
    }

    private static PropertyInfo[] Texts(Type type) =>
        [.. type.GetProperties().Where(property => property.PropertyType == typeof(string))];

    private static void CheckAll(ReplyCase given, PropertyInfo[] texts, object source) =>
        Array.ForEach(texts, property => Check(given, property.Name, (string?)property.GetValue(source), LongestText));

    private static void Check(ReplyCase given, string name, string? text, int limit)
    {
        if (text is null)
        {
            return;
        }

        ReplyRules.Require(text.Length <= limit, $"{name} is bounded.", $"{text.Length} characters");
        ReplyRules.Require(!text.Any(Steers), $"{name} steers no terminal.", text);
        ReplyRules.Require(!HasHalf(text), $"{name} has no half characters.");
        ReplyRules.Require(!text.Contains(RealBodies.Key, StringComparison.Ordinal), $"{name} does not hold the key.");
        ReplyRules.Require(!Query.IsMatch(text), $"{name} holds no query of an address.", text);
        ReplyRules.Require(
            !given.KeepsWords || !text.Contains(RealBodies.Signature, StringComparison.Ordinal),
            $"{name} does not hold a signature.", text);
    }

    // Control characters, and those that turn the writing or end a line.
    private static bool Steers(char c) =>
        char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool HasHalf(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Whoever answers cannot make the reader work for long or take much memory.</summary>
internal static class CostRules
{
    /// <summary>Bytes that may be allocated for any answer: an exception with its texts, and first uses.</summary>
    internal const long BytesAtMost = 32 * 1024;

    /// <summary>Bytes that may be allocated for each byte of the body.</summary>
    internal const long BytesPerByte = 48;

    // Ten times what an idle machine needs, and measured again: only what grows with the square of the length fails.
    private const int Attempts = 4;
    private static readonly TimeSpan TimeAtMost = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimePerByte = TimeSpan.FromMicroseconds(10);

    internal static Reading Check(ReplyCase given, Reading reading)
    {
        int length = given.Received?.Length ?? 0;
        TimeSpan time = TimeAtMost + (length * TimePerByte);
        long bytes = BytesAtMost + (length * BytesPerByte);
        for (int attempt = 1; attempt < Attempts && (reading.Elapsed > time || reading.Allocated > bytes); attempt++)
        {
            reading = ReplyReading.Read(given);
        }

        ReplyRules.Require(
            reading.Elapsed <= time, "Reading takes bounded time.",
            $"{reading.Elapsed.TotalMilliseconds:0} ms for {length} bytes");
        ReplyRules.Require(
            reading.Allocated <= bytes, "Reading takes bounded memory.",
            $"{reading.Allocated} bytes for {length} bytes");
        return reading;
    }
}
