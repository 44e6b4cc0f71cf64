using System.Text.RegularExpressions;
using KlingPS.Requests;

namespace KlingPS.Responses;

/// <summary>Which error an answer is, whether it may be sent again, and what became of the money.</summary>
/// <remarks>
/// Precedence: the service's code, then the HTTP status. The same status means opposite things: a 429 may be a full
/// queue (try again) or an empty account (never), a 500 may be a typing mistake of ours.
/// </remarks>
internal static class ErrorClassifier
{
    /// <summary>The verdict on one answer.</summary>
    internal readonly record struct Verdict(KlingError Error, SubmissionOutcome Submission, bool IsRetryable = false);

    private static readonly Regex NamesField = new(
        @"\b((negative_)?prompt|cfg_scale|callback_url)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    // For a paid call nothing was created; a query has no submission.
    private static Verdict Final(KlingError error, ApiRequest request) =>
        new(error, request.IsPaid ? SubmissionOutcome.NotCreated : SubmissionOutcome.NotSent);

    private static Verdict Passing(KlingError error, ApiRequest request) =>
        Final(error, request) with { IsRetryable = true };

    // Nothing is known of what a paid call created; a query can be sent again.
    private static Verdict Unavailable(ApiRequest request) => request.IsPaid
        ? Ambiguous(KlingError.SubmissionUnknown)
        : Passing(KlingError.ServiceUnavailable, request);

    private static Verdict Unusable(ApiRequest request) => request.IsPaid
        ? Ambiguous(KlingError.SubmissionUnknown)
        : Final(KlingError.UnexpectedResponse, request);

    private static Verdict Ambiguous(KlingError error) => new(error, SubmissionOutcome.Unknown);

    internal static Verdict Classify(ApiRequest request, int status, ServiceFault? fault) =>
        // A redirect says nothing about what became of the request.
        status is >= 300 and <= 399 ? Unusable(request)
        : ByNumber(request, status, fault) ?? ByWord(request, status, fault) ?? ByStatus(request, status, fault);

    private static Verdict? ByNumber(ApiRequest request, int status, ServiceFault? fault) => fault?.Number switch
    {
        >= 1000 and <= 1004 => Final(KlingError.AuthenticationFailed, request),
        1100 or 1103 or 1304 => Final(KlingError.AccessDenied, request),
        1101 or 1102 => Final(KlingError.InsufficientBalance, request),
        1201 when request.IsPaid && TellsTakenId(fault) => Final(KlingError.ExternalIdTaken, request),
        1200 or 1201 or 1202 when status == 400 && RefusesParent(request, fault) =>
            Final(KlingError.ParentNotExtendable, request),
        1201 when request.TaskId is not null && Says(fault, "not found") => Final(KlingError.TaskNotFound, request),
        1200 or 1201 or 1202 => Final(KlingError.InvalidRequest, request),
        // A query of a task names no model, so it is the task that is missing.
        1203 => Final(
            request.IsPaid ? KlingError.ModelDiscontinued
            : request.TaskId is null ? KlingError.InvalidRequest
            : KlingError.TaskNotFound,
            request),
        1300 or 1301 => Final(KlingError.ContentRejected, request),
        1302 => Passing(KlingError.RateLimited, request),
        // A query occupies no slot: for it this is a passing 429.
        1303 => Passing(request.IsPaid ? KlingError.ConcurrencyLimited : KlingError.RateLimited, request),
        >= 5000 and <= 5002 => Unavailable(request),
        _ => null,
    };

    private static Verdict? ByWord(ApiRequest request, int status, ServiceFault? fault) => fault?.Word switch
    {
        "insufficient_user_quota" or "pre_consume_token_quota_failed" =>
            Final(KlingError.InsufficientBalance, request),
        "permission_denied" => Final(KlingError.AccessDenied, request),
        "invalid_request" when status == 500 => Final(KlingError.InvalidRequest, request),
        "task_not_exist" when request.TaskId is not null => Final(KlingError.TaskNotFound, request),
        // No channel for this model, and a retry meets the same gateway. A query names no model, so there it
        // passes.
        "model_not_found" when request.IsPaid => Final(KlingError.ServiceUnavailable, request),
        "do_request_failed" => Unavailable(request),
        _ => null,
    };

    private static Verdict ByStatus(ApiRequest request, int status, ServiceFault? fault) => status switch
    {
        401 => Final(KlingError.AuthenticationFailed, request),
        403 => Final(KlingError.AccessDenied, request),
        400 when request.IsPaid && TellsTakenId(fault) => Final(KlingError.ExternalIdTaken, request),
        400 when RefusesParent(request, fault) => Final(KlingError.ParentNotExtendable, request),
        408 => Unavailable(request),
        425 when !request.IsPaid => Passing(KlingError.ServiceUnavailable, request),
        // Without a readable body it may be a proxy that refused, after the service acted.
        429 when fault is null && request.IsPaid => Ambiguous(KlingError.RateLimited),
        429 => Passing(KlingError.RateLimited, request),
        >= 400 and <= 499 => Final(KlingError.InvalidRequest, request),
        >= 500 => Unavailable(request),
        _ => Unusable(request),
    };

    // Documented: 400 for an unsuitable parent. Its body is not, so any 400 that names no field counts as that.
    private static bool RefusesParent(ApiRequest request, ServiceFault? fault) =>
        request.Submission is ExtensionRequest
        && !(fault?.Message is { } message && NamesField.IsMatch(message));

    private static bool TellsTakenId(ServiceFault? fault) =>
        Says(fault, "external_task_id") && Says(fault, "already exists");

    private static bool Says(ServiceFault? fault, string word) =>
        fault?.Message?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
