using KlingPS.Requests;
using KlingPS.Responses;

namespace KlingPS.Transport;

/// <summary>What a request without an answer means: for a query little, for a paid call everything.</summary>
internal static class TransportFailure
{
    /// <param name="request">What was asked.</param>
    /// <param name="bodyStarted">Whether any of the paid body was handed to the connection.</param>
    /// <param name="timeout">The time that was over, or null when the connection failed.</param>
    /// <param name="reason">The system's own words.</param>
    /// <param name="cause">The exception behind it.</param>
    internal static KlingException ToException(ApiRequest request, bool bodyStarted, TimeSpan? timeout, string reason, Exception cause)
    {
        string what = timeout is { } limit ? $"no answer came within {limit.TotalSeconds:0.#} s" : TrimEnd(reason);
        if (request.IsPaid && bodyStarted)
        {
            ErrorClassifier.Verdict verdict = new(KlingError.SubmissionUnknown, SubmissionOutcome.Unknown);
            return new KlingException(
                verdict.Error,
                $"Whether a {request.Kind} task was created is unknown: the request was sent, then {what}.",
                cause)
            {
                Submission = verdict.Submission,
                Action = ResponseReader.ActionFor(request, verdict),
            };
        }

        if (request.IsPaid)
        {
            return new KlingException(KlingError.ConnectionFailed, $"{request.Kind} was not sent, nothing was created: {what}.", cause)
            {
                IsRetryable = true,
            };
        }

        return timeout is null
            ? new KlingException(KlingError.ConnectionFailed, $"Task {request.TaskId} could not be queried: {what}.", cause) { IsRetryable = true }
            : new KlingException(KlingError.RequestTimeout, $"Task {request.TaskId} could not be queried: {what}.", cause);
    }

    private static string TrimEnd(string sentence) => sentence.TrimEnd('.', ' ');
}
