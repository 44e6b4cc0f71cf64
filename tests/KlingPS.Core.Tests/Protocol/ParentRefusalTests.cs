namespace KlingPS.Core.Tests.Protocol;

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
    [InlineData("""{"code":"fail_to_fetch_task","message":"{\"code\":1201,\"message\":\"not extendable\"}","data":null}""")]
    public void A_400_on_an_extension_means_its_parent(string body)
    {
        KlingException error = Reply.Refused(body, Asked.Extension, 400);

        Assert.Equal(("ParentNotExtendable", SubmissionOutcome.NotCreated, false), (error.ErrorId, error.Submission, error.IsRetryable));
    }

    [Theory]
    [InlineData("""{"code":1201,"message":"prompt is too long","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1201,"message":"Negative_Prompt value is invalid","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1201,"message":"cfg_scale value '2' is invalid","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"code":1200,"message":"callback_url must be a URL","request_id":"r"}""", "InvalidRequest")]
    [InlineData("""{"error":{"message":"the prompt is required","type":"comet_api_error","code":""}}""", "InvalidRequest")]
    [InlineData("""{"code":1301,"message":"the video cannot be extended","request_id":"r"}""", "ContentRejected")]
    [InlineData("""{"code":1300,"message":"policy","request_id":"r"}""", "ContentRejected")]
    public void A_400_that_names_another_reason_is_that_reason(string body, string id) =>
        Assert.Equal(id, Reply.Refused(body, Asked.Extension, 400).ErrorId);

    [Fact]
    public void The_word_promptly_does_not_name_the_prompt()
    {
        const string body = """{"code":1201,"message":"The parent has expired, extend a video promptly","request_id":"r"}""";

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
