namespace KlingPS.Core.Tests.Protocol;

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
    [InlineData(1303, 429, "ConcurrencyLimited", SubmissionOutcome.NotCreated, true)]
    [InlineData(1302, 429, "RateLimited", SubmissionOutcome.NotCreated, true)]
    [InlineData(1101, 429, "InsufficientBalance", SubmissionOutcome.NotCreated, false)]
    [InlineData(1301, 400, "ContentRejected", SubmissionOutcome.NotCreated, false)]
    [InlineData(1203, 404, "ModelDiscontinued", SubmissionOutcome.NotCreated, false)]
    [InlineData(5000, 500, "SubmissionUnknown", SubmissionOutcome.Unknown, false)]
    public void The_code_in_a_string_body_counts_before_all(
        int code, int status, string id, SubmissionOutcome submission, bool canResend)
    {
        string body = $$"""{"code":"fail_to_fetch_task","message":"{\"code\":{{code}},\"message\":\"inner\",\"request_id\":\"r-in\"}","data":null}""";

        KlingException error = Reply.Refused(body, Asked.Video, status);

        Assert.Equal((id, submission, canResend), (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.Equal(($"{code}", "inner", "r-in"), (error.ServiceCode, error.ServiceMessage, error.RequestId));
    }

    [Fact]
    public void A_query_hears_through_a_string_body_that_the_task_is_unknown()
    {
        const string body =
            """{"code":"fail_to_fetch_task","message":"{\"code\":1201,\"message\":\"Task not found by id/external id: 1\"}","data":null}""";

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
            """{"error":{"message":"{\"code\":1303,\"message\":\"full\"}","type":"comet_api_error","code":"fail_to_fetch_task"}}""";

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
        KlingException error = Reply.Refused("""{"message":"upstream is resting","request_id":"r-9"}""", Asked.Query, 503);

        Assert.Equal(("ServiceUnavailable", "upstream is resting", "r-9"), (error.ErrorId, error.ServiceMessage, error.RequestId));
    }

    [Fact]
    public void A_query_that_meets_no_channel_for_a_model_is_asked_again()
    {
        const string body = """{"error":{"message":"no available channel","type":"new_api_error","code":"model_not_found"}}""";

        KlingException error = Reply.Refused(body, Asked.Query, 503);

        Assert.Equal(("ServiceUnavailable", true), (error.ErrorId, error.IsRetryable));
    }
}
