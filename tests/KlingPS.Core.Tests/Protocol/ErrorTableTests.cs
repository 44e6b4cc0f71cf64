using static KlingPS.SubmissionOutcome;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>The table of errors: one row for each of its lines.</summary>
public sealed class ErrorTableTests
{
    private const string Gateway =
        """{"error":{"message":"m (request id: r)","type":"comet_api_error","param":"","code":"CODE"}}""";
    private const string Task = """{"code":"CODE","message":"m","data":null}""";
    private const string Service = """{"code":CODE,"message":"m","request_id":"r"}""";

    private const string Taken =
        """{"code":1201,"message":"External_task_id shop-7 already exists","request_id":"r"}""";

    public static TheoryData<int, string, string, SubmissionOutcome, bool> Paid => new()
    {
        { 401, Body(Service, "1000"), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Service, "1001"), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Service, "1002"), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Service, "1003"), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Service, "1004"), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Gateway, ""), "AuthenticationFailed", NotCreated, false },
        { 401, Body(Gateway, "invalid_token"), "AuthenticationFailed", NotCreated, false },
        { 401, "<html>", "AuthenticationFailed", NotCreated, false },
        { 401, "", "AuthenticationFailed", NotCreated, false },
        { 403, Body(Gateway, "permission_denied"), "AccessDenied", NotCreated, false },
        { 403, Body(Gateway, ""), "AccessDenied", NotCreated, false },
        { 429, Body(Service, "1100"), "AccessDenied", NotCreated, false },
        { 403, Body(Service, "1103"), "AccessDenied", NotCreated, false },
        { 429, Body(Service, "1304"), "AccessDenied", NotCreated, false },
        { 403, Body(Gateway, "insufficient_user_quota"), "InsufficientBalance", NotCreated, false },
        { 403, Body(Gateway, "pre_consume_token_quota_failed"), "InsufficientBalance", NotCreated, false },
        { 429, Body(Service, "1101"), "InsufficientBalance", NotCreated, false },
        { 429, Body(Service, "1102"), "InsufficientBalance", NotCreated, false },
        { 400, Body(Service, "1300"), "ContentRejected", NotCreated, false },
        { 400, Body(Service, "1301"), "ContentRejected", NotCreated, false },
        { 400, Taken, "ExternalIdTaken", NotCreated, false },
        { 200, Taken, "ExternalIdTaken", NotCreated, false },
        { 404, Body(Service, "1202"), "InvalidRequest", NotCreated, false },
        { 500, Body(Gateway, "invalid_request"), "InvalidRequest", NotCreated, false },
        { 404, Body(Service, "1203"), "ModelDiscontinued", NotCreated, false },
        { 429, Body(Service, "1302"), "RateLimited", NotCreated, true },
        { 429, Body(Gateway, ""), "RateLimited", NotCreated, true },
        { 429, Body(Task, "fail"), "RateLimited", NotCreated, true },
        { 429, Body(Service, "9999"), "RateLimited", NotCreated, true },
        { 429, "", "RateLimited", Unknown, false },
        { 429, "<html>slow down</html>", "RateLimited", Unknown, false },
        { 429, """{"code":1302,"mess""", "RateLimited", Unknown, false },
        { 429, """{"code":0,"message":"SUCCEED","request_id":"r","data":{}}""", "RateLimited", Unknown, false },
        { 429, """{"message":"slow down"}""", "RateLimited", NotCreated, true },
        { 429, Body(Service, "1303"), "ConcurrencyLimited", NotCreated, true },
        { 503, Body(Gateway, "model_not_found"), "ServiceUnavailable", NotCreated, false },
        { 404, Body(Gateway, ""), "InvalidRequest", NotCreated, false },
        { 404, "<html>no such page</html>", "InvalidRequest", NotCreated, false },
        { 405, "", "InvalidRequest", NotCreated, false },
        { 413, "", "InvalidRequest", NotCreated, false },
        { 425, "", "InvalidRequest", NotCreated, false },
        { 500, Body(Service, "5000"), "SubmissionUnknown", Unknown, false },
        { 503, Body(Service, "5001"), "SubmissionUnknown", Unknown, false },
        { 504, Body(Service, "5002"), "SubmissionUnknown", Unknown, false },
        { 500, Body(Task, "do_request_failed"), "SubmissionUnknown", Unknown, false },
        { 500, "", "SubmissionUnknown", Unknown, false },
        { 502, "<html>bad gateway</html>", "SubmissionUnknown", Unknown, false },
        { 503, "", "SubmissionUnknown", Unknown, false },
        { 524, "", "SubmissionUnknown", Unknown, false },
        { 408, "", "SubmissionUnknown", Unknown, false },
        { 301, "", "SubmissionUnknown", Unknown, false },
        { 302, Body(Service, "1102"), "SubmissionUnknown", Unknown, false },
        { 307, Body(Service, "1302"), "SubmissionUnknown", Unknown, false },
        { 307, Body(Service, "1303"), "SubmissionUnknown", Unknown, false },
        { 308, Body(Gateway, "insufficient_user_quota"), "SubmissionUnknown", Unknown, false },
        { 304, "", "SubmissionUnknown", Unknown, false },
        { 200, "", "SubmissionUnknown", Unknown, false },
        { 200, "<html>Sign in</html>", "SubmissionUnknown", Unknown, false },
        { 200, """{"code":0,"message":"SUCCEED","request_id":"r","da""", "SubmissionUnknown", Unknown, false },
        { 200, """{"code":0,"message":"SUCCEED","data":{}}""", "SubmissionUnknown", Unknown, false },
        { 200, "[]", "SubmissionUnknown", Unknown, false },
        { 200, Body(Service, "7777"), "SubmissionUnknown", Unknown, false },
        { 200, Body(Task, "a_word_we_do_not_know"), "SubmissionUnknown", Unknown, false },
    };

    public static TheoryData<int, string, string, bool> Queried => new()
    {
        { 401, Body(Service, "1004"), "AuthenticationFailed", false },
        { 403, Body(Service, "1103"), "AccessDenied", false },
        { 429, Body(Service, "1102"), "InsufficientBalance", false },
        { 400, """{"code":1201,"message":"Task not found by id/external id: 1"}""", "TaskNotFound", false },
        { 200, """{"code":1201,"message":"task NOT FOUND","request_id":"r"}""", "TaskNotFound", false },
        { 400, """{"code":"task_not_exist","message":"task_not_exist","data":null}""", "TaskNotFound", false },
        { 404, """{"code":1203,"message":"The model is discontinued","request_id":"r"}""", "TaskNotFound", false },
        { 404, Body(Service, "1203"), "TaskNotFound", false },
        { 400, Body(Service, "1201"), "InvalidRequest", false },
        { 400, Taken, "InvalidRequest", false },
        { 400, Body(Service, "1200"), "InvalidRequest", false },
        { 404, """{"error":{"message":"Invalid URL (GET /x)","code":""}}""", "InvalidRequest", false },
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
    public void A_paid_call_with_this_answer_is_this_error(
        int status, string body, string id, SubmissionOutcome submission, bool canResend)
    {
        foreach (Asked asked in new[] { Asked.Video, Asked.Extension })
        {
            KlingException error = Reply.Refused(body, asked, status);

            Assert.Equal((id, submission, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
            Assert.EndsWith(".", error.RecommendedAction, StringComparison.Ordinal);
            Assert.EndsWith(error.RecommendedAction, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Queried))]
    public void A_query_with_this_answer_is_this_error(int status, string body, string id, bool canResend)
    {
        KlingException error = Reply.Refused(body, Asked.Query, status);

        Assert.Equal((id, SubmissionOutcome.NotSent, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    private static string Body(string envelope, string code) =>
        envelope.Replace("CODE", code, StringComparison.Ordinal);
}

/// <summary>Which of several codes counts: the one in a string body, then the body's, then the HTTP status.</summary>
public sealed class ErrorPrecedenceTests
{
    [Theory]
    [InlineData(200, "InsufficientBalance")]
    [InlineData(429, "InsufficientBalance")]
    [InlineData(500, "InsufficientBalance")]
    public void The_bodys_code_counts_before_the_status(int status, string id)
    {
        const string body = """{"code":1102,"message":"Account balance not enough","request_id":"r"}""";

        Assert.Equal(id, Reply.Refused(body, Asked.Video, status).ErrorId);
    }

    [Theory]
    [InlineData(1303, 429, "ConcurrencyLimited", NotCreated, true)]
    [InlineData(1302, 429, "RateLimited", NotCreated, true)]
    [InlineData(1101, 429, "InsufficientBalance", NotCreated, false)]
    [InlineData(1301, 400, "ContentRejected", NotCreated, false)]
    [InlineData(1203, 404, "ModelDiscontinued", NotCreated, false)]
    [InlineData(5000, 500, "SubmissionUnknown", Unknown, false)]
    public void The_code_in_a_string_body_counts_before_all(
        int code, int status, string id, SubmissionOutcome submission, bool canResend)
    {
        string body =
            $$"""{"code":"fail_to_fetch_task","message":"{\"code\":{{code}},\"message\":\"inner\",\"request_id\":"""
                + $$"""\"r-in\"}","data":null}""";

        KlingException error = Reply.Refused(body, Asked.Video, status);

        Assert.Equal((id, submission, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.Equal(($"{code}", "inner", "r-in"), (error.ServiceCode, error.ServiceMessage, error.RequestId));
    }

    [Fact]
    public void A_query_hears_through_a_string_body_that_the_task_is_unknown()
    {
        const string body =
            """{"code":"fail_to_fetch_task","message":"{\"code\":1201,\"message\":\"Task not found by id/external """
                + """id: 1\"}","data":null}""";

        Assert.Equal("TaskNotFound", Reply.Refused(body, Asked.Query, 400).ErrorId);
    }

    [Theory]
    [InlineData(500, "SubmissionUnknown")]
    [InlineData(403, "AccessDenied")]
    public void A_string_body_that_is_no_json_leaves_it_to_the_status(int status, string id)
    {
        const string body = """{"code":"fail_to_fetch_task","message":"<html>bad gateway</html>","data":null}""";

        KlingException error = Reply.Refused(body, Asked.Video, status);

        Assert.Equal((id, "fail_to_fetch_task"), (error.ErrorId, error.ServiceCode));
    }

    [Fact]
    public void A_string_body_inside_the_gateways_own_envelope_is_read_too()
    {
        const string body =
            """{"error":{"message":"{\"code\":1303,\"message\":"""
                + """\"full\"}","type":"comet_api_error","code":"fail_to_fetch_task"}}""";

        Assert.Equal("ConcurrencyLimited", Reply.Refused(body, Asked.Video, 429).ErrorId);
    }

    [Theory]
    [InlineData("""{"code":"1303","message":"full"}""")]
    [InlineData("""{"error":{"code":"1303","message":"full"}}""")]
    [InlineData("""{"error":{"code":1303,"message":"full"}}""")]
    [InlineData("""{"code":1303.0,"message":"full"}""")]
    [InlineData("""{"code":1.303e3,"message":"full"}""")]
    [InlineData("""{"code":"1303.0","message":"full"}""")]
    public void A_number_written_as_a_string_or_in_another_envelope_is_the_same_number(string body) =>
        Assert.Equal("ConcurrencyLimited", Reply.Refused(body, Asked.Video, 429).ErrorId);

    [Fact]
    public void An_error_that_is_only_a_string_is_a_message()
    {
        KlingException error = Reply.Refused("""{"error":"invalid token"}""", Asked.Video, 401);

        Assert.Equal(("AuthenticationFailed", "invalid token"), (error.ErrorId, error.ServiceMessage));
    }

    [Fact]
    public void A_message_without_a_code_is_still_told()
    {
        KlingException error = Reply.Refused(
            """{"message":"upstream is resting","request_id":"r-9"}""", Asked.Query, 503);

        Assert.Equal(
            ("ServiceUnavailable", "upstream is resting", "r-9"),
            (error.ErrorId, error.ServiceMessage, error.RequestId));
    }

    [Fact]
    public void A_query_that_meets_no_channel_for_a_model_is_asked_again()
    {
        const string body =
            """{"error":{"message":"no available channel","type":"new_api_error","code":"model_not_found"}}""";

        KlingException error = Reply.Refused(body, Asked.Query, 503);

        Assert.Equal(("ServiceUnavailable", true), (error.ErrorId, error.IsRetryable));
    }
}

/// <summary>HTTP 400 on an extension: the parent, unless the answer names something else.</summary>
public sealed class ParentRefusalTests
{
    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad Request</html>")]
    [InlineData("""{"code":1201,"message":"Task not found by id/external id: 1","request_id":"r"}""")]
    [InlineData("""{"code":1200,"message":"the video cannot be extended","request_id":"r"}""")]
    [InlineData("""{"code":"task_failed","message":"unsupported source video","data":null}""")]
    [InlineData("""{"code":"task_not_exist","message":"task_origin_not_exist","data":null}""")]
    [InlineData("""{"code":"task_channel_disable","message":"the channel of the parent is disabled","data":null}""")]
    [InlineData("""{"error":{"message":"unsupported relay mode","type":"comet_api_error","code":""}}""")]
    [InlineData(
        """{"code":"fail_to_fetch_task","message":"{\"code\":1201,\"message\":\"not extendable\"}","data":null}""")]
    public void A_400_on_an_extension_means_its_parent(string body)
    {
        KlingException error = Reply.Refused(body, Asked.Extension, 400);

        Assert.Equal(("ParentNotExtendable", NotCreated, false), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    [Theory]
    [InlineData("""{"code":1201,"message":"prompt is too long","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1201,"message":"Negative_Prompt value is invalid","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1201,"message":"cfg_scale value '2' is invalid","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1200,"message":"callback_url must be a URL","request_id":"r"}""", "InvalidRequest")]
    [InlineData(
        """{"error":{"message":"the prompt is required","type":"comet_api_error","code":""}}""", "InvalidRequest")]
    [InlineData("""{"code":1301,"message":"the video cannot be extended","request_id":"r"}""", "ContentRejected")]
    [InlineData("""{"code":1300,"message":"policy","request_id":"r"}""", "ContentRejected")]
    public void A_400_that_names_another_reason_is_that_reason(string body, string id) =>
        Assert.Equal(id, Reply.Refused(body, Asked.Extension, 400).ErrorId);

    [Fact]
    public void The_word_promptly_does_not_name_the_prompt()
    {
        const string body =
            """{"code":1201,"message":"The parent has expired, extend a video promptly","request_id":"r"}""";

        Assert.Equal("ParentNotExtendable", Reply.Refused(body, Asked.Extension, 400).ErrorId);
    }

    [Theory]
    [InlineData("""{"code":1201,"message":"duration value '99' is invalid","request_id":"r"}""", 400)]
    [InlineData("""{"code":1201,"message":"duration value '99' is invalid","request_id":"r"}""", 200)]
    [InlineData("""{"error":{"message":"invalid model name","type":"comet_api_error","code":""}}""", 400)]
    [InlineData("", 400)]
    public void A_400_on_a_new_video_is_an_invalid_request(string body, int status) =>
        Assert.Equal("InvalidRequest", Reply.Refused(body, Asked.Video, status).ErrorId);
}
