using KlingPS.Requests;
using KlingPS.Responses;
using KlingPS.Submitting;

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
    [InlineData(429, """{"code":1302,"message":"too fast","data":[{"task_id":"ID","task_status":"submitted"}]}""")]
    [InlineData(429, """{"code":1303,"message":"full","detail":{"a":[1,{"b":{"c":{"d":{"e":{"task_id" : "ID"}}}}}]}}""")]
    [InlineData(429, """{"code":1302,"message":"too fast","data":{"task_ids":["ID"]}}""")]
    [InlineData(429, """{"code":1302,"message":"too fast","data":{"taskId":ID}}""")]
    [InlineData(429, """{"code":"fail_to_fetch_task","message":"{\"code\":1302,\"data\":{\"task_id\":\"ID\"}}","data":null}""")]
    [InlineData(429, """{"code":"fail_to_fetch_task","message":"{\u0022code\u0022:1303,\u0022data\u0022:[{\u0022task_id\u0022:\u0022ID\u0022}]}"}""")]
    [InlineData(429, """{"error":{"message":"{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"code\\\":1302,\\\"task_id\\\":\\\"ID\\\"}\"}","code":"fail_to_fetch_task"}}""")]
    [InlineData(503, """{"error":{"message":"no channel","code":"model_not_found"},"upstream":{"task_id":"ID"}}""")]
    [InlineData(400, """Bad Request: {"task_id":"ID","task_status":"submitted"}""")]
    [InlineData(307, """{"code":1302,"message":"too fast","data":[{"task_id":"ID"}]}""")]
    public void It_is_never_sent_again_and_the_id_is_told(int status, string body)
    {
        KlingException error = Reply.Refused(body.Replace("ID", Id, StringComparison.Ordinal), Asked.Video, status);

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown, false), (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.Contains($"names task {Id}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Get-KlingTask '{Id}' -Kind TextToVideo", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_extension_may_name_its_parent()
    {
        string body = $$$"""{"code":1303,"message":"full","data":{"task_id":"{{{Support.Given.Extension.TaskId}}}"}}""";

        Assert.Equal("ConcurrencyLimited", Reply.Refused(body, Asked.Extension, 429).ErrorId);
    }

    [Theory]
    [InlineData("""{"code":1303,"message":"full","data":[{"task_id":" 861234567890123456 ","video_id":"861234567890123457"}]}""")]
    [InlineData("""{"code":1303,"message":"{\"task_id\":\"861234567890123456\"} waits"}""")]
    [InlineData("""{"code":1303,"message":"full","data":{"task_id":""}}""")]
    [InlineData("""{"code":1303,"message":"full","data":{"task_id":null}}""")]
    [InlineData("""{"code":1303,"message":"full","data":{"task_id":0}}""")]
    [InlineData("""{"code":1303,"message":"full","data":{"task_ids":[]}}""")]
    [InlineData("""{"code":1303,"message":"the task_id is required"}""")]
    [InlineData("""{"code":1303,"message":"full","parent_task_id":"1","external_task_id":"2"}""")]
    public void What_the_request_itself_sent_and_what_is_empty_is_no_new_task(string body) =>
        Assert.Equal("ConcurrencyLimited", Reply.Refused(body, Asked.Extension, 429).ErrorId);

    [Fact]
    public void The_users_own_id_is_no_new_task()
    {
        ApiRequest call = ApiRequest.Submit(Support.Given.Video with { ExternalTaskId = "shop-7" });
        byte[] body = """{"code":1303,"message":"full","data":{"task_id":"shop-7","external_task_id":"shop-7"}}"""u8.ToArray();

        KlingException error = Assert.Throws<KlingException>(
            () => ResponseReader.Read(call, new ApiResponse(429, body), Support.Given.Key, Support.Given.Start));

        Assert.Equal("ConcurrencyLimited", error.ErrorId);
    }

    [Theory]
    [InlineData("\"a b\"")]
    [InlineData("\"sk-0123456789abcdefWXYZ\"")]
    [InlineData("8.61e17")]
    [InlineData("\"86123")]
    public void An_id_that_cannot_be_asked_for_still_names_a_task_and_is_not_told(string id)
    {
        KlingException error = Reply.Refused($$"""{"code":1302,"message":"too fast","data":[{"task_id":{{id}}""" + "}]}", Asked.Extension, 400);

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown, false), (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.DoesNotContain("Get-KlingTask", error.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain(Support.Given.Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_new_task_that_an_error_names_is_told()
    {
        KlingException error = Reply.Refused(
            """{"code":1302,"message":"m","data":[{"task_id":"111"},{"task_id":"222"},{"task_id":"111"}]}""", Asked.Video, 429);

        Assert.Contains("names tasks 111, 222", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"task_id\":")]
    [InlineData("\"task_id\\\\\\\\\\\\\\\\")]
    [InlineData("\"task_id\":\"861234567890123456\",")]
    [InlineData("\"task_id\"         ")]
    [InlineData("\"task_id\":[         ")]
    [InlineData("{\"task_id\":[{\"a\":")]
    public void The_search_takes_time_in_proportion_to_the_answer(string piece)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 4_000_000 / piece.Length)));
        long started = System.Diagnostics.Stopwatch.GetTimestamp();

        Reply.Refused(body, Asked.Extension, 400);

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
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
