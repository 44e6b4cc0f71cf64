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
    private static Verdict Final(KlingError error, bool paid) =>
        new(error, paid ? SubmissionOutcome.NotCreated : SubmissionOutcome.NotSent);

    private static Verdict Passing(KlingError error, bool paid) => Final(error, paid) with { IsRetryable = true };

    private static Verdict Unusable(bool paid) =>
        paid ? Ambiguous(KlingError.SubmissionUnknown) : Final(KlingError.UnexpectedResponse, paid);

    private static Verdict Ambiguous(KlingError error) => new(error, SubmissionOutcome.Unknown);

    internal static Verdict Classify(ApiRequest request, int status, ServiceFault? fault) =>
        // A redirect says nothing about what became of the request.
        status is >= 300 and <= 399 ? Unusable(request.IsPaid)
        : ByNumber(request, status, fault) ?? ByWord(request, status, fault) ?? ByStatus(request, status, fault);

    private static Verdict? ByNumber(ApiRequest request, int status, ServiceFault? fault)
    {
        bool paid = request.IsPaid;
        return fault?.Number switch
        {
            >= 1000 and <= 1004 => Final(KlingError.AuthenticationFailed, paid),
            1100 or 1103 or 1304 => Final(KlingError.AccessDenied, paid),
            1101 or 1102 => Final(KlingError.InsufficientBalance, paid),
            1201 when paid && TellsTakenId(fault) => Final(KlingError.ExternalIdTaken, paid),
            1200 or 1201 or 1202 when status == 400 && RefusesParent(request, fault) =>
                Final(KlingError.ParentNotExtendable, paid),
            1201 when request.TaskId is not null && Says(fault, "not found") => Final(KlingError.TaskNotFound, paid),
            1200 or 1201 or 1202 => Final(KlingError.InvalidRequest, paid),
            // A query of a task names no model, so it is the task that is missing.
            1203 => Final(
                paid ? KlingError.ModelDiscontinued
                : request.TaskId is null ? KlingError.InvalidRequest
                : KlingError.TaskNotFound,
                paid),
            1300 or 1301 => Final(KlingError.ContentRejected, paid),
            1302 => Passing(KlingError.RateLimited, paid),
            // A query occupies no slot: for it this is a passing 429.
            1303 => Passing(paid ? KlingError.ConcurrencyLimited : KlingError.RateLimited, paid),
            >= 5000 and <= 5002 =>
                paid ? Ambiguous(KlingError.SubmissionUnknown) : Passing(KlingError.ServiceUnavailable, paid),
            _ => null,
        };
    }

    private static Verdict? ByWord(ApiRequest request, int status, ServiceFault? fault)
    {
        bool paid = request.IsPaid;
        return fault?.Word switch
        {
            "insufficient_user_quota" or "pre_consume_token_quota_failed" =>
                Final(KlingError.InsufficientBalance, paid),
            "permission_denied" => Final(KlingError.AccessDenied, paid),
            "invalid_request" when status == 500 => Final(KlingError.InvalidRequest, paid),
            "task_not_exist" when request.TaskId is not null => Final(KlingError.TaskNotFound, paid),
            // No channel for this model, and a retry meets the same gateway. A query names no model, so there it
            // passes.
            "model_not_found" when paid => Final(KlingError.ServiceUnavailable, paid),
            "do_request_failed" =>
                paid ? Ambiguous(KlingError.SubmissionUnknown) : Passing(KlingError.ServiceUnavailable, paid),
            _ => null,
        };
    }

    private static Verdict ByStatus(ApiRequest request, int status, ServiceFault? fault)
    {
        bool paid = request.IsPaid;
        return status switch
        {
            401 => Final(KlingError.AuthenticationFailed, paid),
            403 => Final(KlingError.AccessDenied, paid),
            400 when paid && TellsTakenId(fault) => Final(KlingError.ExternalIdTaken, paid),
            400 when RefusesParent(request, fault) => Final(KlingError.ParentNotExtendable, paid),
            408 => paid ? Ambiguous(KlingError.SubmissionUnknown) : Passing(KlingError.ServiceUnavailable, paid),
            425 when !paid => Passing(KlingError.ServiceUnavailable, paid),
            // Without a readable body it may be a proxy that refused, after the service acted.
            429 when fault is null && paid => Ambiguous(KlingError.RateLimited),
            429 => Passing(KlingError.RateLimited, paid),
            >= 400 and <= 499 => Final(KlingError.InvalidRequest, paid),
            >= 500 => paid ? Ambiguous(KlingError.SubmissionUnknown) : Passing(KlingError.ServiceUnavailable, paid),
            _ => Unusable(paid),
        };
    }

    // Documented: 400 for an unsuitable parent. Its body is not, so any 400 that names no field counts as that.
    private static bool RefusesParent(ApiRequest request, ServiceFault? fault) =>
        request.Submission is ExtensionRequest
        && !(fault?.Message is { } message && NamesField.IsMatch(message));

    private static bool TellsTakenId(ServiceFault? fault) =>
        Says(fault, "external_task_id") && Says(fault, "already exists");

    private static bool Says(ServiceFault? fault, string word) =>
        fault?.Message?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
