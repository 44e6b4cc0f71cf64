using System.Text.Json;

namespace KlingPS.Protocol;

/// <summary>Any answer in, one <see cref="KlingTask"/> or one <see cref="KlingException"/> out.</summary>
internal static class ResponseReader
{
    /// <param name="call">What was asked.</param>
    /// <param name="reply">What came back.</param>
    /// <param name="key">The key, to keep it out of messages.</param>
    /// <param name="now">The time, for a body that has none.</param>
    /// <exception cref="KlingException">Everything that is not a task.</exception>
    internal static KlingTask Read(ApiCall call, ApiReply reply, string? key, DateTimeOffset now)
    {
        using JsonDocument? document = TolerantJson.Parse(reply.Body);
        JsonElement? root = document?.RootElement is { ValueKind: JsonValueKind.Object } found ? found : null;
        ServiceFault? fault = root is { } element ? ServiceFault.Read(element) : null;
        if (reply.IsSuccess && fault is null && root is { } body && TaskReader.Read(body, call.Kind, key, now) is { } task)
        {
            return task;
        }

        // An error status with an envelope that names no code still has its message.
        if (fault is null && !reply.IsSuccess && root is { } other && other.NonEmpty("message"u8) is { } message)
        {
            fault = new ServiceFault(null, null, message, other.NonEmpty("request_id"u8));
        }

        ErrorClassifier.Verdict verdict = ErrorClassifier.Classify(call, reply.Status, fault);
        string? created = call.IsPaid && root is { } answer ? NewTaskNamedBy(answer, call, key) : null;
        if (created is not null)
        {
            // Whatever else it says: an answer that names a new task does not prove that there is none.
            verdict = new ErrorClassifier.Verdict(KlingError.SubmissionUnknown, SubmissionOutcome.Unknown);
        }

        throw new KlingException(verdict.Error, WhatHappened(call, reply, fault, verdict.Error, created, key))
        {
            HttpStatus = reply.Status,
            ServiceCode = Clean(fault?.Code, key),
            ServiceMessage = Clean(fault?.Message, key),
            RequestId = Clean(fault?.RequestId, key),
            Submission = verdict.Submission,
            CanResend = verdict.CanResend,
            RetryAfter = reply.RetryAfter,
            NamedTaskId = created,
            Action = created is null ? ActionFor(call, verdict) : AskFirst("look at that task", created, call.Kind),
        };
    }

    /// <summary>What can be known of a submission without an answer.</summary>
    internal static string? ActionFor(ApiCall call, ErrorClassifier.Verdict verdict) =>
        verdict.Submission == SubmissionOutcome.Unknown && call.Submission?.ExternalId is { Length: > 0 } id
            ? AskFirst("ask by your own id", id, call.Kind)
            : verdict.Submission == SubmissionOutcome.Unknown ? KlingError.SubmissionUnknown.Action : null;

    private static string AskFirst(string what, string id, KlingTaskKind kind) =>
        $"Before you pay again, {what}: Get-KlingTask {DisplayText.QuoteArgument(id)} -Kind {kind}.";

    // A refused extension may name its parent.
    private static string? NewTaskNamedBy(JsonElement root, ApiCall call, string? key) =>
        TaskReader.IdNamedBy(root, key) is { } id && id != (call.Submission as ExtensionRequest)?.TaskId ? id : null;

    private static string WhatHappened(ApiCall call, ApiReply reply, ServiceFault? fault, KlingError error, string? created, string? key)
    {
        string asked = call.TaskId is null ? $"{call.Kind} was not created" : $"Task {call.TaskId} could not be queried";
        if (error == KlingError.SubmissionUnknown)
        {
            asked = $"Whether a {call.Kind} task was created is unknown";
        }

        string? how = reply switch
        {
            { Location: { } location } => $"The answer redirects to {Redactor.Message(location.GetLeftPart(UriPartial.Path), key)}, which is never followed.",
            { Body: null } => "The answer is larger than any the service sends.",
            _ when created is not null => $"The answer names task {created} all the same.",
            _ when fault is null && reply.IsSuccess => "The answer holds no task.",
            _ => null,
        };
        return string.Join(" ", new[] { $"{asked}: {char.ToLowerInvariant(error.Meaning[0])}{error.Meaning.Substring(1)}", how }.OfType<string>());
    }

    private static string? Clean(string? text, string? key) => text is null ? null : Redactor.Message(text, key);
}
