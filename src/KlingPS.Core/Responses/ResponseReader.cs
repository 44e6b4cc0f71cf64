using System.Text.Json;
using KlingPS.Requests;

namespace KlingPS.Responses;

/// <summary>Any answer in, one <see cref="KlingTask"/> or one <see cref="KlingException"/> out.</summary>
internal static class ResponseReader
{
    /// <exception cref="KlingException">Everything that is not a task.</exception>
    internal static KlingTask Read(ApiRequest request, ApiResponse response, string? key, DateTimeOffset now) =>
        Read(request, response, key, body =>
        {
            KlingTask? task = TaskReader.Read(body, request.Kind, key, now, request.TaskId);
            return task is null || request.TaskId is not { } asked || TaskReader.IsAbout(body, task, asked, key)
                ? task
                : throw Other(asked, task, response);
        });

    /// <param name="read">Finds in the answer what was asked for; null when it is not there.</param>
    /// <exception cref="KlingException">Everything else.</exception>
    internal static T Read<T>(ApiRequest request, ApiResponse response, string? key, Func<JsonElement, T?> read)
        where T : class
    {
        using JsonDocument? document = TolerantJson.Parse(response.Body);
        JsonElement? root = document?.RootElement is { ValueKind: JsonValueKind.Object } whole ? whole : null;
        ServiceFault? fault = root is { } element ? ServiceFault.Read(element) : null;
        if (response.IsSuccess && fault is null && root is { } body && read(body) is { } found)
        {
            return found;
        }

        // An error status may carry a message without a code. A body that claims success is not a service error.
        bool namesSuccess = false;
        if (fault is null && !response.IsSuccess && root is { } other && other.NonEmpty("message"u8) is { } message)
        {
            fault = new ServiceFault(null, null, message, other.NonEmpty("request_id"u8));
            namesSuccess = other.NonEmpty("code"u8) is not null;
        }

        ErrorClassifier.Verdict verdict = ErrorClassifier.Classify(
            request, response.Status, namesSuccess ? null : fault);
        IReadOnlyList<string>? created = request.Submission is { } sent
            ? NamedTasks.Find(response.Body, sent, key)
            : null;
        if (created is not null)
        {
            // An error that names a new task does not prove that nothing was created.
            verdict = new ErrorClassifier.Verdict(KlingError.SubmissionUnknown, SubmissionOutcome.Unknown);
        }

        throw new KlingException(verdict.Error, WhatHappened(request, response, fault, verdict.Error, created, key))
        {
            HttpStatus = response.Status,
            ServiceCode = Clean(fault?.Code, key),
            ServiceMessage = Clean(fault?.Message, key),
            RequestId = Clean(fault?.RequestId, key),
            Submission = verdict.Submission,
            IsRetryable = verdict.IsRetryable,
            RetryAfter = response.RetryAfter,
            NamedTaskId = created is { Count: > 0 } ? created[0] : null,
            Action = created is { Count: > 0 }
                ? AskFirst("look at that task", created[0], request.Kind)
                : ActionFor(request, verdict) ?? MissingRoute(verdict, response, fault),
        };
    }

    /// <summary>What can be known of a submission from its request alone.</summary>
    internal static string? ActionFor(ApiRequest request, ErrorClassifier.Verdict verdict) =>
        verdict.Error == KlingError.ExternalIdTaken && request.Submission?.ExternalId is { Length: > 0 } taken
            ? $"Query that task with Get-KlingTask {DisplayText.QuoteArgument(taken)} -Kind {request.Kind}, or give "
                + "another -ExternalTaskId."
            : verdict.Submission == SubmissionOutcome.Unknown && request.Submission?.ExternalId is { Length: > 0 } id
            ? AskFirst("query it by your own id", id, request.Kind)
            : verdict.Submission == SubmissionOutcome.Unknown ? KlingError.SubmissionUnknown.Action : null;

    // An address with the wrong path answers so; the service names the value it refuses.
    private static string? MissingRoute(ErrorClassifier.Verdict verdict, ApiResponse response, ServiceFault? fault) =>
        verdict.Error == KlingError.InvalidRequest && response.Status is 404 or 405 && fault?.Number is null
            ? "Check the base URI with Get-KlingConnection."
            : null;

    private static string AskFirst(string what, string id, KlingTaskKind kind) =>
        $"Before you pay again, {what}: Get-KlingTask {DisplayText.QuoteArgument(id)} -Kind {kind}.";

    private static KlingException Other(string asked, KlingTask task, ApiResponse response) =>
        new(
            KlingError.UnexpectedResponse,
            $"Task {asked} could not be queried: the response is about task {task.TaskId}.")
        {
            HttpStatus = response.Status,
            RequestId = task.RequestId,
        };

    private static string WhatHappened(
        ApiRequest request,
        ApiResponse response,
        ServiceFault? fault,
        KlingError error,
        IReadOnlyList<string>? created,
        string? key)
    {
        string asked = error == KlingError.SubmissionUnknown
            ? "It is unknown whether the video was created"
            : request.Failure;

        string? how = response switch
        {
            { Location: { } location } =>
                $"The response redirects to {Redactor.Message(location.GetLeftPart(UriPartial.Path), key)}, which is "
                    + "not followed.",
            { Body: null } => "The response is larger than any the service sends.",
            _ when created is null && fault is null && response.IsSuccess =>
                $"The response contains no {request.Wanted}.",
            _ => null,
        };
        string? named = created switch
        {
            null => null,
            { Count: 0 } => "The response nevertheless names a task, but its id cannot be queried.",
            _ => $"The response nevertheless names task{(created.Count > 1 ? "s" : "")} {string.Join(", ", created)}.",
        };
        string why = error == KlingError.InvalidRequest ? "the service refused the request."
            : char.ToLowerInvariant(error.Meaning[0]) + error.Meaning.Substring(1);
        string what = $"{asked}: {why}";
        return string.Join(" ", new[] { what, how, named }.OfType<string>());
    }

    private static string? Clean(string? text, string? key) => text is null ? null : Redactor.Message(text, key);
}
