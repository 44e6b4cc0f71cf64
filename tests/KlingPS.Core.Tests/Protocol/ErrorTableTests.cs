namespace KlingPS.Core.Tests.Protocol;

/// <summary>The table of errors: one row for each of its lines.</summary>
public sealed class ErrorTableTests
{
    private const string Gateway = """{"error":{"message":"m (request id: r)","type":"comet_api_error","param":"","code":"CODE"}}""";
    private const string Task = """{"code":"CODE","message":"m","data":null}""";
    private const string Service = """{"code":CODE,"message":"m","request_id":"r"}""";

    private const string Taken = """{"code":1201,"message":"External_task_id shop-7 already exists","request_id":"r"}""";

    public static TheoryData<int, string, string, SubmissionOutcome, bool> Paid => new()
    {
        { 401, Body(Service, "1000"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Service, "1001"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Service, "1002"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Service, "1003"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Service, "1004"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Gateway, ""), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, Body(Gateway, "invalid_token"), "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, "<html>", "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 401, "", "AuthenticationFailed", SubmissionOutcome.NotCreated, false },
        { 403, Body(Gateway, "permission_denied"), "AccessDenied", SubmissionOutcome.NotCreated, false },
        { 403, Body(Gateway, ""), "AccessDenied", SubmissionOutcome.NotCreated, false },
        { 429, Body(Service, "1100"), "AccessDenied", SubmissionOutcome.NotCreated, false },
        { 403, Body(Service, "1103"), "AccessDenied", SubmissionOutcome.NotCreated, false },
        { 429, Body(Service, "1304"), "AccessDenied", SubmissionOutcome.NotCreated, false },
        { 403, Body(Gateway, "insufficient_user_quota"), "InsufficientBalance", SubmissionOutcome.NotCreated, false },
        { 403, Body(Gateway, "pre_consume_token_quota_failed"), "InsufficientBalance", SubmissionOutcome.NotCreated, false },
        { 429, Body(Service, "1101"), "InsufficientBalance", SubmissionOutcome.NotCreated, false },
        { 429, Body(Service, "1102"), "InsufficientBalance", SubmissionOutcome.NotCreated, false },
        { 400, Body(Service, "1300"), "ContentRejected", SubmissionOutcome.NotCreated, false },
        { 400, Body(Service, "1301"), "ContentRejected", SubmissionOutcome.NotCreated, false },
        { 400, Taken, "ExternalIdTaken", SubmissionOutcome.NotCreated, false },
        { 200, Taken, "ExternalIdTaken", SubmissionOutcome.NotCreated, false },
        { 404, Body(Service, "1202"), "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 500, Body(Gateway, "invalid_request"), "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 404, Body(Service, "1203"), "ModelDiscontinued", SubmissionOutcome.NotCreated, false },
        { 429, Body(Service, "1302"), "RateLimited", SubmissionOutcome.NotCreated, true },
        { 429, Body(Gateway, ""), "RateLimited", SubmissionOutcome.NotCreated, true },
        { 429, Body(Task, "fail"), "RateLimited", SubmissionOutcome.NotCreated, true },
        { 429, Body(Service, "9999"), "RateLimited", SubmissionOutcome.NotCreated, true },
        { 429, "", "RateLimited", SubmissionOutcome.Unknown, false },
        { 429, "<html>slow down</html>", "RateLimited", SubmissionOutcome.Unknown, false },
        { 429, """{"code":1302,"mess""", "RateLimited", SubmissionOutcome.Unknown, false },
        { 429, """{"code":0,"message":"SUCCEED","request_id":"r","data":{}}""", "RateLimited", SubmissionOutcome.Unknown, false },
        { 429, """{"message":"slow down"}""", "RateLimited", SubmissionOutcome.NotCreated, true },
        { 429, Body(Service, "1303"), "ConcurrencyLimited", SubmissionOutcome.NotCreated, true },
        { 503, Body(Gateway, "model_not_found"), "ServiceUnavailable", SubmissionOutcome.NotCreated, false },
        { 404, Body(Gateway, ""), "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 404, "<html>no such page</html>", "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 405, "", "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 413, "", "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 425, "", "InvalidRequest", SubmissionOutcome.NotCreated, false },
        { 500, Body(Service, "5000"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 503, Body(Service, "5001"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 504, Body(Service, "5002"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 500, Body(Task, "do_request_failed"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 500, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 502, "<html>bad gateway</html>", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 503, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 524, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 408, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 301, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 302, Body(Service, "1102"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 307, Body(Service, "1302"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 307, Body(Service, "1303"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 308, Body(Gateway, "insufficient_user_quota"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 304, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, "", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, "<html>Sign in</html>", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, """{"code":0,"message":"SUCCEED","request_id":"r","da""", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, """{"code":0,"message":"SUCCEED","data":{}}""", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, "[]", "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, Body(Service, "7777"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
        { 200, Body(Task, "a_word_we_do_not_know"), "SubmissionUnknown", SubmissionOutcome.Unknown, false },
    };

    public static TheoryData<int, string, string, bool> Queried => new()
    {
        { 401, Body(Service, "1004"), "AuthenticationFailed", false },
        { 403, Body(Service, "1103"), "AccessDenied", false },
        { 429, Body(Service, "1102"), "InsufficientBalance", false },
        { 400, """{"code":1201,"message":"Task not found by id/external id: 1","request_id":"r"}""", "TaskNotFound", false },
        { 200, """{"code":1201,"message":"task NOT FOUND","request_id":"r"}""", "TaskNotFound", false },
        { 400, """{"code":"task_not_exist","message":"task_not_exist","data":null}""", "TaskNotFound", false },
        { 404, """{"code":1203,"message":"The model is discontinued","request_id":"r"}""", "TaskNotFound", false },
        { 404, Body(Service, "1203"), "TaskNotFound", false },
        { 400, Body(Service, "1201"), "InvalidRequest", false },
        { 400, Taken, "InvalidRequest", false },
        { 400, Body(Service, "1200"), "InvalidRequest", false },
        { 404, """{"error":{"message":"Invalid URL (GET /x)","type":"invalid_request_error","param":"","code":""}}""", "InvalidRequest", false },
        { 429, Body(Service, "1302"), "RateLimited", true },
        { 429, Body(Service, "1303"), "RateLimited", true },
        { 429, "", "RateLimited", true },
        { 408, "", "ServiceUnavailable", true },
        { 425, "", "ServiceUnavailable", true },
        { 500, Body(Service, "5000"), "ServiceUnavailable", true },
        { 503, "<html>maintenance</html>", "ServiceUnavailable", true },
        { 524, "", "ServiceUnavailable", true },
        { 500, Body(Task, "do_request_failed"), "ServiceUnavailable", true },
        { 301, "", "UnexpectedResponse", false },
        { 307, Body(Service, "1302"), "UnexpectedResponse", false },
        { 302, Body(Service, "1201"), "UnexpectedResponse", false },
        { 200, "", "UnexpectedResponse", false },
        { 200, "<html>Sign in</html>", "UnexpectedResponse", false },
        { 200, """{"code":0,"message":"SUCCEED","data":{"task_id":""", "UnexpectedResponse", false },
        { 200, Body(Service, "7777"), "UnexpectedResponse", false },
    };

    [Theory]
    [MemberData(nameof(Paid))]
    public void A_paid_call_answered_so_is_this_error(int status, string body, string id, SubmissionOutcome submission, bool canResend)
    {
        KlingException error = Reply.Refused(body, Asked.Video, status);

        Assert.Equal((id, submission, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    [Theory]
    [MemberData(nameof(Queried))]
    public void A_query_answered_so_is_this_error(int status, string body, string id, bool canResend)
    {
        KlingException error = Reply.Refused(body, Asked.Query, status);

        Assert.Equal((id, SubmissionOutcome.NotSent, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    [Theory]
    [MemberData(nameof(Paid))]
    public void An_extension_answered_so_is_the_same_error(
        int status, string body, string id, SubmissionOutcome submission, bool canResend)
    {
        KlingException error = Reply.Refused(body, Asked.Extension, status);

        Assert.Equal((id, submission, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    private static string Body(string envelope, string code) => envelope.Replace("CODE", code, StringComparison.Ordinal);
}
