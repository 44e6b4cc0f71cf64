using System.Collections;
using System.Collections.Specialized;
using KlingPS.Callbacks;

namespace KlingPS.Core.Tests.Callbacks;

/// <summary>Bodies of callbacks, as the service documents them and as anybody may send them.</summary>
public sealed class CallbackReaderTests
{
    private const string Finished =
        """
        {"task_id":"2032273942220931072","task_status":"succeed","task_status_msg":"",
        "task_info":{"parent_video":{"id":"861234567890123457","url":"https://cdn.test/p.mp4","duration":"5.1"},
        "external_task_id":"mine-1"},"created_at":1764235825029,"updated_at":1764236054436,
        "final_unit_deduction":"1","final_balance_deduction":{"quota":"1","list_price":"0.14"},"task_result":{"videos":[
        {"id":"861234567890123458","url":"https://cdn.test/v.mp4?ksSecret=s&ksTime=694fa816","duration":"9.6"}]}}
        """;

    [Fact]
    public void A_bare_task_object_is_a_task_with_all_it_has()
    {
        KlingTask task = Read(Finished);

        Assert.Equal(
            ("2032273942220931072", KlingTaskStatus.Succeeded, KlingTaskKind.VideoExtension),
            (task.TaskId, task.Status, task.Kind));
        Assert.Equal(
            ("861234567890123458", 1, "mine-1", 1m),
            (task.VideoId, task.VideoCount, task.ExternalTaskId, task.UnitsDeducted));
        Assert.Equal("861234567890123457", task.ParentVideo?.VideoId);
        Assert.Equal(TimeSpan.FromSeconds(9.6), task.Duration);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(0x694fa816).LocalDateTime, task.ExpiresAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1764236054436).LocalDateTime, task.UpdatedAt);
    }

    [Fact]
    public void The_envelope_of_an_answer_is_taken_off()
    {
        KlingTask task = Read($$"""{"code":0,"message":"SUCCEED","request_id":"r-1","data":{{Finished}}}""");

        Assert.Equal(("2032273942220931072", "r-1"), (task.TaskId, task.RequestId));
    }

    [Theory]
    [InlineData("submitted", KlingTaskStatus.Submitted)]
    [InlineData("processing", KlingTaskStatus.Processing)]
    [InlineData("failed", KlingTaskStatus.Failed)]
    [InlineData("archived", KlingTaskStatus.Unknown)]
    public void Every_change_of_status_is_a_task(string word, KlingTaskStatus status)
    {
        KlingTask task = Read($$"""{"task_id":"1","task_status":"{{word}}"}""");

        Assert.Equal((status, word), (task.Status, task.RawStatus));
    }

    [Fact]
    public void The_kind_is_asked_for_by_the_id_that_the_body_names()
    {
        KlingTask task = CallbackReader.Read(
            Encoding.UTF8.GetBytes(Finished),
            id => id == "2032273942220931072" ? KlingTaskKind.LipSync : KlingTaskKind.Avatar, null, Given.Start);

        Assert.Equal((KlingTaskKind.LipSync, KlingTaskKind.LipSync), (task.Kind, task.Videos[0].Kind));
    }

    [Fact]
    public void A_body_without_times_is_of_now() =>
        Assert.Equal(Given.Start.LocalDateTime, Read("""{"task_id":"1","task_status":"processing"}""").CreatedAt);

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Assert.Equal("1", Read("\uFEFF{\"task_id\":\"1\",\"task_status\":\"processing\"}").TaskId);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("task_id=1&task_status=succeed")]
    [InlineData("<html></html>")]
    [InlineData("null")]
    [InlineData("\"861234567890123456\"")]
    [InlineData("""[{"task_id":"1","task_status":"succeed"}]""")]
    [InlineData("""{"task_id":"1","task_status":"succeed"} x""")]
    [InlineData("""{"task_id":"1","task_status":"succeed" """)]
    [InlineData("""{"task_id":"","task_status":"succeed"}""")]
    [InlineData("""{"task_id":"..","task_status":"succeed"}""")]
    [InlineData("""{"task_id":"a/b c","task_status":"succeed"}""")]
    [InlineData("""{"task_id":"1"}""")]
    [InlineData("""{"task_id":"1","task_status":""}""")]
    [InlineData("""{"task_id":"1","task_status":null}""")]
    [InlineData("""{"task_id":"1","task_status":{}}""")]
    [InlineData("""{"id":"1","status":"succeeded","outputs":[]}""")]
    [InlineData("""{"code":1201,"message":"Task not found","data":null}""")]
    [InlineData("""{"event":"video.completed","data":{"job_id":"vid_abc123"}}""")]
    public void What_is_no_task_is_an_error_that_says_so(string body)
    {
        KlingException error = Assert.Throws<KlingException>(() => Read(body));

        Assert.Equal(("CallbackInvalid", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.StartsWith("The body ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nest_without_end_is_no_task() =>
        Assert.Equal("CallbackInvalid", Assert.Throws<KlingException>(() => Read(new string('[', 500_000))).ErrorId);

    [Fact]
    public void The_largest_body_is_read_and_a_larger_one_is_not_even_looked_at()
    {
        string start = """{"task_id":"1","task_status":"processing","x":" """;
        string largest = start + new string('x', CallbackReader.MaxBytes - start.Length - 2) + "\"}";

        Assert.Equal("1", Read(largest).TaskId);
        Assert.Equal(CallbackReader.MaxBytes, CallbackReader.BytesOf(Encoding.UTF8.GetBytes(largest)).Length);
        Assert.Equal(
            "CallbackInvalid", Assert.Throws<KlingException>(() => CallbackReader.BytesOf(largest + " ")).ErrorId);
        Assert.Equal(
            "CallbackInvalid",
            Assert.Throws<KlingException>(() => CallbackReader.BytesOf(new byte[CallbackReader.MaxBytes + 1])).ErrorId);
        Assert.Throws<KlingException>(() => CallbackReader.BytesOf(new string('\u20AC', CallbackReader.MaxBytes / 2)));
    }

    [Fact]
    public void What_an_error_shows_of_a_body_has_no_signed_query_no_key_and_no_end()
    {
        string body = Finished.Replace("succeed", Given.Key, StringComparison.Ordinal) + new string('x', 90_000);

        string shown = CallbackReader.Shown(body, Given.Key);

        Assert.StartsWith("{\"task_id\":\"2032273942220931072\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Key, shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, 501);
        Assert.Equal(shown, CallbackReader.Shown(Encoding.UTF8.GetBytes(body), Given.Key));
        Assert.Contains(
            "https://cdn.test/v.mp4?…", CallbackReader.Shown(Finished[^120..], null), StringComparison.Ordinal);
    }

    private static KlingTask Read(string body) =>
        CallbackReader.Read(CallbackReader.BytesOf(body), _ => KlingTaskKind.VideoExtension, null, Given.Start);
}

/// <summary>Headers as different servers keep them.</summary>
public sealed class HeaderTests
{
    private static readonly WebhookHeaders Expected = new("m", "1", "v1,a v1,b");

    [Fact]
    public void Names_count_in_any_case()
    {
        Assert.Equal(
            Expected, Read(("webhook-id", "m"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,a v1,b")));
        Assert.Equal(
            Expected, Read(("Webhook-Id", "m"), ("WEBHOOK-TIMESTAMP", "1"), ("Webhook-Signature", "v1,a v1,b")));
    }

    [Fact]
    public void Values_may_be_lists_and_numbers()
    {
        Assert.Equal(
            Expected,
            Read(
                ("webhook-id", new[] { "m" }), ("webhook-timestamp", 1L),
                ("webhook-signature", new ArrayList { "v1,a", "v1,b" })));
        Assert.Equal(
            Expected,
            Read(
                ("webhook-id", new object?[] { null, "m", "" }), ("webhook-timestamp", 1),
                ("webhook-signature", new StringCollection { "v1,a", "v1,b" })));
    }

    [Fact]
    public void A_list_that_holds_itself_breaks_nothing()
    {
        ArrayList self = [];
        self.Add(self);
        Assert.NotEqual("m", Read(("webhook-id", self)).Id);
    }

    [Fact]
    public void An_id_sent_twice_is_not_one_of_the_two() =>
        Assert.Equal("m n", Read(("webhook-id", "m"), ("Webhook-Id", "n")).Id);

    [Fact]
    public void Other_headers_are_ignored() =>
        Assert.Equal(
            new WebhookHeaders(null, null, null),
            Read(("svix-id", "m"), ("x-webhook-timestamp", "1"), ("webhook-signature ", "v1,a")));

    private static WebhookHeaders Read(params (string Name, object? Value)[] headers)
    {
        OrderedDictionary map = [];
        foreach ((string name, object? value) in headers)
        {
            map[name] = value;
        }

        return WebhookHeaders.From(map);
    }
}
