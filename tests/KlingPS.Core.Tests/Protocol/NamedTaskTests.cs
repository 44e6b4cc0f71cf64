namespace KlingPS.Core.Tests.Protocol;

/// <summary>An error that names a new task does not prove that nothing was created.</summary>
public sealed class NamedTaskTests
{
    private const string Id = "2032273942220931072";

    [Theory]
    [InlineData(429, """{"code":1302,"message":"too fast","data":{"task_id":"ID","task_status":"submitted"}}""")]
    [InlineData(429, """{"code":1303,"message":"full","data":{"task_id":"ID"}}""")]
    [InlineData(200, """{"code":1302,"message":"SUCCEED","data":{"task_id":"ID","task_status":"submitted"}}""")]
    [InlineData(400, """{"code":1201,"message":"odd","data":{"task_id":ID,"task_status":"submitted"}}""")]
    [InlineData(401, """{"error":{"message":"odd","code":""},"data":{"task_id":"ID"}}""")]
    [InlineData(500, """{"code":0,"message":"SUCCEED","data":{"task_id":"ID","task_status":"submitted"}}""")]
    [InlineData(200, """{"code":7777,"message":"odd","task_id":"ID"}""")]
    public void It_is_never_sent_again_and_the_id_is_told(int status, string body)
    {
        KlingException error = Reply.Refused(body.Replace("ID", Id, StringComparison.Ordinal), Asked.Video, status);

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown, false), (error.ErrorId, error.Submission, error.CanResend));
        Assert.Contains($"names task {Id}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Get-KlingTask '{Id}' -Kind TextToVideo", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_extension_may_name_its_parent()
    {
        string body = $$$"""{"code":1303,"message":"full","data":{"task_id":"{{{Support.Given.Extension.TaskId}}}"}}""";

        Assert.Equal("ConcurrencyLimited", Reply.Refused(body, Asked.Extension, 429).ErrorId);
    }

    [Fact]
    public void A_query_is_an_error_all_the_same()
    {
        const string body = """{"code":1302,"message":"too fast","data":{"task_id":"861234567890123456"}}""";

        Assert.Equal("RateLimited", Reply.Refused(body, Asked.Query, 429).ErrorId);
    }

    [Theory]
    [InlineData("\"a b\"")]
    [InlineData("\"\\u001b[2J\"")]
    [InlineData("\"..\"")]
    [InlineData("\"sk-0123456789abcdefWXYZ\"")]
    [InlineData("\"https://cdn.test/v.mp4?ksSecret=abc\"")]
    [InlineData("11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111")]
    public void What_cannot_be_asked_for_is_no_id(string id) =>
        Assert.Equal(
            "SubmissionUnknown",
            Reply.Refused($$$"""{"code":0,"data":{"task_id":{{{id}}},"task_status":"submitted"}}""", Asked.Video).ErrorId);

    [Fact]
    public void A_video_id_that_cannot_be_sent_is_none() =>
        Assert.Null(Reply.Read("""{"data":{"task_id":"1","task_result":{"videos":[{"id":"a\nb"}]}}}""").VideoId);
}
