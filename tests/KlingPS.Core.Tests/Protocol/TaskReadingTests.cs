using System.Text.Json;
using KlingPS.Responses;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>The task object, as real bodies have it.</summary>
public sealed class TaskReadingTests
{
    private const string Created =
        """
        {"code":0,"message":"SUCCEED","request_id":"CmYF3mfuSQ4AAAAAABHzRg","data":{"task_id":"2032273942220931072",
        "task_status":"submitted","task_info":{},"created_at":1764235825029,"updated_at":1764235825029}}
        """;

    private const string Processing =
        """
        {"code":0,"message":"SUCCEED","request_id":"5c1b","data":{"task_id":"826341277283426391","task_info":{},
        "task_result":{},"task_status":"processing","created_at":1764235825029,"updated_at":1764235854036}}
        """;

    private const string Failed =
        """
        {"code":0,"message":"SUCCEED","request_id":"5c1b","data":{"task_id":"826341277283426391","task_info":{},
        "task_result":{},"task_status":"failed","task_status_msg":"Image pixel is invalid","created_at":1764235825029,
        "updated_at":1764235854036}}
        """;

    private const string Wrapped =
        """
        {"code":"success","message":"","data":{"task_id":"outer-1","status":"SUCCESS","progress":"100%",
        "data":{"code":0,"message":"SUCCEED",
        "data":{"task_id":"826341277283426391","task_status":"succeed","task_result":{"videos":[
        {"id":"826341277283426392","url":"https://cdn.test/v.mp4","duration":"5.1"}]},"created_at":1764235825029,
        "updated_at":1764236054436}}}}
        """;

    [Fact]
    public void A_created_task_is_read_with_all_it_has()
    {
        KlingTask task = Reply.Read(Created, Asked.Extension);

        Assert.Equal(
            ("2032273942220931072", KlingTaskStatus.Submitted, "submitted"),
            (task.TaskId, task.Status, task.RawStatus));
        Assert.Equal(KlingTaskKind.VideoExtension, task.Kind);
        Assert.Equal("CmYF3mfuSQ4AAAAAABHzRg", task.RequestId);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1764235825029).LocalDateTime, task.CreatedAt);
        Assert.Equal((DateTimeKind.Local, TimeSpan.Zero), (task.CreatedAt.Kind, task.Elapsed));
        Assert.False(task.IsCompleted);
    }

    [Fact]
    public void A_task_under_way_has_no_video_and_no_expiry()
    {
        KlingTask task = Reply.Read(Processing);

        Assert.Equal((KlingTaskStatus.Processing, ""), (task.Status, task.StatusMessage));
        Assert.Empty(task.Videos);
        Assert.Equal((null, null, null, 0), (task.VideoId, task.ExpiresAt, task.ParentVideo, task.VideoCount));
        Assert.Equal(TimeSpan.FromMilliseconds(29_007), task.Elapsed);
    }

    [Fact]
    public void A_failed_task_is_a_task_though_code_and_message_say_all_is_well()
    {
        KlingTask task = Reply.Read(Failed);

        Assert.Equal((KlingTaskStatus.Failed, "Image pixel is invalid"), (task.Status, task.StatusMessage));
        Assert.True(task.IsCompleted);
        Assert.Null(task.ExpiresAt);
    }

    [Theory]
    [InlineData("NOT_START", KlingTaskStatus.Submitted)]
    [InlineData("SUBMITTED", KlingTaskStatus.Submitted)]
    [InlineData("QUEUED", KlingTaskStatus.Submitted)]
    [InlineData("IN_PROGRESS", KlingTaskStatus.Processing)]
    [InlineData("SUCCESS", KlingTaskStatus.Succeeded)]
    [InlineData("FAILURE", KlingTaskStatus.Failed)]
    [InlineData("UNKNOWN", KlingTaskStatus.Unknown)]
    public void A_gateways_own_task_is_read_by_its_seven_words(string word, KlingTaskStatus status)
    {
        KlingTask task = Reply.Read(
            $$$"""
            {"code":"success","message":"","data":{"task_id":"task_Ab1","action":"OMNI_VIDEO","status":"{{{word}}}",
            "fail_reason":"https://cdn.test/f.mp4","submit_time":1764235825,"finish_time":1764236054,"data":null}}
            """);

        bool ended = status == KlingTaskStatus.Succeeded;
        Assert.Equal(("task_Ab1", status, word, ""), (task.TaskId, task.Status, task.RawStatus, task.StatusMessage));
        Assert.Equal(ended ? "https://cdn.test/f.mp4" : null, task.Videos.SingleOrDefault()?.Url?.OriginalString);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1764235825).LocalDateTime, task.CreatedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1764236054).LocalDateTime, task.UpdatedAt);
    }

    [Theory]
    [InlineData(
        """
        {"code":"success","message":"","data":{"task_id":"task_Ab1","status":"FAILURE","fail_reason":"Not allowed",
        "data":{"code":0,"data":{"task_status":"failed","task_status_msg":"Failure to pass"}}}}
        """,
        "Failure to pass")]
    [InlineData(
        """{"code":"success","data":{"task_id":"task_Ab1","status":"FAILURE","fail_reason":"Not allowed"}}""",
        "Not allowed")]
    [InlineData(
        """
        {"code":"success","data":{"error":{"message":"moderation failed","code":"task_failed"},"status":"failed",
        "task_id":"task_Ab1","url":""}}
        """,
        "moderation failed")]
    [InlineData(
        """
        {"code":"success","data":{"task_id":"task_Ab1","status":"FAILURE","fail_reason":"Timed out",
        "data":{"data":{"task_id":"1","task_status":"processing"}}}}
        """,
        "Timed out")]
    public void The_reason_of_a_failed_task_is_found_in_every_shape(string body, string reason)
    {
        KlingTask task = Reply.Read(body);

        Assert.Equal((KlingTaskStatus.Failed, reason), (task.Status, task.StatusMessage));
        Assert.Empty(task.Videos);
    }

    [Fact]
    public void The_gateways_wrapping_is_taken_off()
    {
        KlingTask task = Reply.Read(Wrapped);

        Assert.Equal(("826341277283426391", KlingTaskStatus.Succeeded), (task.TaskId, task.Status));
        Assert.Equal("826341277283426392", task.VideoId);
    }

    [Theory]
    [InlineData("""{"task_id":"1","task_status":"processing","created_at":1764235825029}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData(
        """{"code":0,"message":"success","data":"""
            + """{"task_id":"1","task_status":"processing","created_at":"1764235825029"}}""")]
    [InlineData("""{"code":"0","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":0.0,"data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":"","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"task_status":"x","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData(
        """{"code":0,"error":null,"data":{"task_id":1,"task_status":"processing","updated_at":1764235825029}}""")]
    [InlineData(
        """{"data":{"task_id":"1","task_status":"processing","task_info":null,"task_result":null,"created_at":"""
            + """1764235825029}}""")]
    [InlineData(
        """{"data":{"task_id":"1","task_status":"processing","task_result":{"images":[],"videos":null},"created_at":"""
            + """1764235825029}}""")]
    [InlineData(
        """{"data":{"task_id":"1","task_status":"processing","task_result":{"videos":{}},"created_at":"""
            + """1764235825029}}""")]
    public void What_real_bodies_leave_out_or_null_is_not_missed(string body)
    {
        KlingTask task = Reply.Read(body);

        Assert.Equal(("1", KlingTaskStatus.Processing, null), (task.TaskId, task.Status, task.RequestId));
        Assert.Equal(1764235825029, new DateTimeOffset(task.CreatedAt).ToUnixTimeMilliseconds());
        Assert.Empty(task.Videos);
    }

    [Theory]
    [InlineData("2032273942220931072")]
    [InlineData("\"2032273942220931072\"")]
    public void An_id_of_19_digits_keeps_every_digit_as_string_or_number(string id) =>
        Assert.Equal(
            "2032273942220931072", Reply.Read($$$"""{"data":{"task_id":{{{id}}},"task_status":"submitted"}}""").TaskId);

    [Theory]
    [InlineData("\"archived\"", "archived")]
    [InlineData("\"succeeding\"", "succeeding")]
    [InlineData("\"\"", "")]
    [InlineData("99", "99")]
    public void A_word_we_do_not_know_is_unknown_and_never_an_end(string word, string raw)
    {
        KlingTask task = Reply.Read($$$"""{"data":{"task_id":"1","task_status":{{{word}}}}}""");

        Assert.Equal((KlingTaskStatus.Unknown, false, raw), (task.Status, task.IsCompleted, task.RawStatus));
    }

    [Theory]
    [InlineData("Succeed", KlingTaskStatus.Succeeded)]
    [InlineData(" FAILED ", KlingTaskStatus.Failed)]
    public void A_word_counts_whatever_its_case(string word, KlingTaskStatus status) =>
        Assert.Equal(status, Reply.Read($$$"""{"data":{"task_id":"1","task_status":"{{{word}}}"}}""").Status);

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("\"yesterday\"")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    public void A_time_that_is_none_is_the_present(string time)
    {
        KlingTask task = Reply.Read(
            $$$"""{"data":{"task_id":"1","task_status":"submitted","created_at":{{{time}}}}}""");

        Assert.Equal(Support.Given.Start.LocalDateTime, task.CreatedAt);
    }

    [Fact]
    public void A_field_named_with_half_a_character_hides_none_of_its_neighbours()
    {
        const string body = """{"\ud83dxxx":1,"data":{"\ud83dxxxxx":1,"task_id":"1","task_status":"failed"}}""";

        Assert.Equal(("1", KlingTaskStatus.Failed), (Reply.Read(body).TaskId, Reply.Read(body).Status));
    }

    [Fact]
    public void No_text_of_a_task_holds_the_key_or_a_control_character()
    {
        const string said = "\"sk-0123456789abcdefWXYZ \\u001b[31m https://cdn.test/v.mp4?ksSecret=abc\"";
        KlingTask task = Reply.Read($$$"""
            {"request_id":{{{said}}},"data":{"task_id":"1","task_status":{{{said}}},"task_status_msg":{{{said}}},
            "external_task_id":{{{said}}}}}
            """);

        Assert.All(
            new[] { task.RequestId, task.RawStatus, task.StatusMessage, task.ExternalTaskId },
            text => Assert.Equal("[key]  [31m https://cdn.test/v.mp4?…", text));
    }

    [Theory]
    [InlineData("""{"data":{"task_id":"1","task_status":"submitted","task_info":{"external_task_id":"mine"}}}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"submitted","external_task_id":"mine"}}""")]
    public void The_users_own_id_is_read_from_both_places(string body) =>
        Assert.Equal("mine", Reply.Read(body).ExternalTaskId);

    [Fact]
    public void The_units_deducted_are_a_number() =>
        Assert.Equal(
            2.5m,
            Reply.Read(
                """{"data":{"task_id":"1","task_status":"succeed","final_unit_deduction":"2.50"}}""").UnitsDeducted);
}

/// <summary>The videos of a task: ids, lengths, addresses, expiry.</summary>
public sealed class VideoReadingTests
{
    private const string Extended =
        """
        {"code":0,"message":"SUCCEED","request_id":"5c1b",
        "data":{"task_id":"826341277283426400","task_status":"succeed","task_status_msg":"",
        "task_info":{"parent_video":{"id":"826341277283426392",
        "url":"https://cdn.test/p.mp4?ksTime=694fa816","duration":"5.1"}},"task_result":{"videos":[
        {"id":"826341277283426401",
        "url":"https://v16-kling-fdl.klingai.com/bs2/v.mp4?cacheKey=a&x-kcdn-pid=b&ksSecret=c&ksTime=694fa816",
        "watermark_url":"https://cdn.test/w.mp4","duration":"9.6"}]},
        "created_at":1764235825029,"updated_at":1764236054436}}
        """;

    [Fact]
    public void A_finished_extension_has_its_video_and_its_parent()
    {
        KlingTask task = Reply.Read(Extended);

        KlingVideo video = Assert.Single(task.Videos);
        Assert.Equal(("826341277283426401", "826341277283426400"), (video.VideoId, video.TaskId));
        Assert.Equal((KlingTaskKind.VideoExtension, TimeSpan.FromSeconds(9.6)), (video.Kind, video.Duration));
        Assert.Equal("https://cdn.test/w.mp4", video.WatermarkUrl?.AbsoluteUri);
        Assert.Equal((video.VideoId, video.Duration, 1), (task.VideoId, task.Duration, task.VideoCount));
        Assert.Equal("826341277283426392", task.ParentVideo?.VideoId);
        Assert.Equal(TimeSpan.FromSeconds(5.1), task.ParentVideo?.Duration);
    }

    [Fact]
    public void The_expiry_is_the_signed_urls_own()
    {
        KlingTask task = Reply.Read(Extended);

        DateTime expected = DateTimeOffset.FromUnixTimeSeconds(0x694fa816).LocalDateTime;
        Assert.Equal(expected, task.ExpiresAt);
        Assert.Equal(expected, task.Videos[0].ExpiresAt);
    }

    [Theory]
    [InlineData("https://cdn.test/v.mp4")]
    [InlineData("https://cdn.test/v.mp4?ksTime=")]
    [InlineData("https://cdn.test/v.mp4?ksTime=zzz")]
    [InlineData("https://cdn.test/v.mp4?ksTime=0")]
    [InlineData("https://cdn.test/v.mp4?ksTime=ffffffffffffffff")]
    [InlineData("https://cdn.test/v.mp4?notksTime=694fa816")]
    public void Without_a_readable_time_in_the_url_it_is_30_days_after_completion(string url)
    {
        KlingTask task = Reply.Read(With($$"""[{"id":"2","url":"{{url}}","duration":"5"}]"""));

        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1764236054436).AddDays(30).LocalDateTime, task.ExpiresAt);
    }

    [Fact]
    public void Of_several_videos_the_first_to_expire_counts()
    {
        KlingTask task = Reply.Read(With(
            """[{"id":"2","url":"https://c.test/2?ksTime=694fa816"},{"id":"3","url":"https:"""
                + """//c.test/3?ksTime=69400000"}]"""));

        Assert.Equal(("2", 2), (task.VideoId, task.VideoCount));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(0x69400000).LocalDateTime, task.ExpiresAt);
    }

    [Theory]
    [InlineData("\"5.1\"", 5.1)]
    [InlineData("5.1", 5.1)]
    [InlineData("\"5\"", 5.0)]
    [InlineData("\"179.999\"", 179.999)]
    public void A_length_is_decimal_seconds_whatever_the_culture(string duration, double seconds)
    {
        using InCulture culture = new("de-DE");
        KlingTask task = Reply.Read(With($$"""[{"id":"2","duration":{{duration}}}]"""));
        Assert.Equal(TimeSpan.FromSeconds(seconds), task.Duration);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("\"5,1\"")]
    [InlineData("\"-5\"")]
    [InlineData("1e300")]
    [InlineData("\"long\"")]
    public void A_length_that_is_none_is_null_never_wrong(string duration) =>
        Assert.Null(Reply.Read(With($$"""[{"id":"2","duration":{{duration}}}]""")).Duration);

    [Fact]
    public void An_entry_that_is_no_video_is_left_out()
    {
        KlingTask task = Reply.Read(With("""[null,"x",{"id":null,"url":null,"duration":null},{"id":"2"}]"""));

        Assert.Equal([null, "2"], task.Videos.Select(video => video.VideoId));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://cdn.test/v.mp4")]
    [InlineData("/v.mp4")]
    [InlineData("")]
    public void An_address_that_is_not_on_the_web_is_none(string url) =>
        Assert.Null(Reply.Read(With($$"""[{"id":"2","url":"{{url}}"}]""")).Videos[0].Url);

    [Fact]
    public void A_video_id_of_18_digits_written_as_a_number_keeps_every_digit() =>
        Assert.Equal("826341277283426401", Reply.Read(With("""[{"id":826341277283426401}]""")).VideoId);

    [Fact]
    public void A_finished_task_without_videos_has_none_and_still_its_expiry()
    {
        KlingTask task = Reply.Read(With("null"));

        Assert.Empty(task.Videos);
        Assert.Equal((null, KlingTaskStatus.Succeeded), (task.VideoId, task.Status));
        Assert.NotNull(task.ExpiresAt);
    }

    [Fact]
    public void In_a_string_a_video_and_a_task_are_their_ids()
    {
        KlingTask task = Reply.Read(Extended);

        Assert.Equal("826341277283426400 826341277283426401", $"{task} {task.Videos[0]}");
    }

    [Fact]
    public void Tasks_sort_by_creation()
    {
        KlingTask early = Given.Task("1");
        KlingTask late = Given.Task("2") with { CreatedAt = early.CreatedAt.AddSeconds(1) };

        Assert.Equal([early, late], new[] { late, early }.Order());
    }

    private static string With(string videos) =>
        $$$"""
        {"code":0,"data":{"task_id":"1","task_status":"succeed","task_result":{"videos":{{{videos}}}},
        "created_at":1764235825029,"updated_at":1764236054436}}
        """;
}

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
    [InlineData(
        429, """{"code":1303,"message":"full","detail":{"a":[1,{"b":{"c":{"d":{"e":{"task_id" : "ID"}}}}}]}}""")]
    [InlineData(429, """{"code":1302,"message":"too fast","data":{"task_ids":["ID"]}}""")]
    [InlineData(429, """{"code":1302,"message":"too fast","data":{"taskId":ID}}""")]
    [InlineData(
        429, """{"code":"fail_to_fetch_task","message":"{\"code\":1302,\"data\":{\"task_id\":\"ID\"}}","data":null}""")]
    [InlineData(
        429,
        """{"code":"fail_to_fetch_task","message":"{\u0022code\u0022:1303,\u0022data\u0022:[{\u0022task_id\u0022:"""
            + """\u0022ID\u0022}]}"}""")]
    [InlineData(
        429,
        """{"error":{"message":"{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"code\\\":1302,\\\"task_id\\\":"""
            + """\\\"ID\\\"}\"}","code":"fail_to_fetch_task"}}""")]
    [InlineData(503, """{"error":{"message":"no channel","code":"model_not_found"},"upstream":{"task_id":"ID"}}""")]
    [InlineData(400, """Bad Request: {"task_id":"ID","task_status":"submitted"}""")]
    [InlineData(307, """{"code":1302,"message":"too fast","data":[{"task_id":"ID"}]}""")]
    public void It_is_never_sent_again_and_the_id_is_told(int status, string body)
    {
        KlingException error = Reply.Refused(body.Replace("ID", Id, StringComparison.Ordinal), Asked.Video, status);

        Assert.Equal(
            ("SubmissionUnknown", SubmissionOutcome.Unknown, false),
            (error.ErrorId, error.Submission, error.IsRetryable));
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
    [InlineData(
        """{"code":1303,"message":"full","data":[{"task_id":" """
            + """861234567890123456 ","video_id":"861234567890123457"}]}""")]
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
        byte[] body =
            """{"code":1303,"message":"full","data":{"task_id":"shop-7","external_task_id":"shop-7"}}"""u8.ToArray();

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
        KlingException error = Reply.Refused(
            $$"""{"code":1302,"message":"too fast","data":[{"task_id":{{id}}""" + "}]}", Asked.Extension, 400);

        Assert.Equal(
            ("SubmissionUnknown", SubmissionOutcome.Unknown, false),
            (error.ErrorId, error.Submission, error.IsRetryable));
        Assert.DoesNotContain("Get-KlingTask", error.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain(Support.Given.Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_new_task_that_an_error_names_is_told()
    {
        KlingException error = Reply.Refused(
            """{"code":1302,"message":"m","data":[{"task_id":"111"},{"task_id":"222"},{"task_id":"111"}]}""",
            Asked.Video, 429);

        Assert.Contains("names tasks 111, 222", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"task_id\":")]
    [InlineData("\"task_id\\\\\\\\\\\\\\\\")]
    [InlineData("\"task_id\":\"861234567890123456\",")]
    [InlineData("\"task_id\"         ")]
    [InlineData("\"task_id\":[         ")]
    [InlineData("{\"task_id\":[{\"a\":")]
    public void The_search_through_a_long_answer_ends(string piece)
    {
        byte[] body = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat(piece, 4_000_000 / piece.Length)));

        // What grows with the square of the length would not.
        Reply.Refused(body, Asked.Extension, 400);
    }

    [Fact]
    public void A_query_answered_so_keeps_its_own_error()
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
    public void What_cannot_be_asked_for_is_no_id(string id) =>
        Assert.Equal(
            "SubmissionUnknown",
            Reply.Refused(
                $$$"""{"code":0,"data":{"task_id":{{{id}}},"task_status":"submitted"}}""", Asked.Video).ErrorId);

    [Fact]
    public void An_id_longer_than_any_is_none() => Assert.Equal(
        "SubmissionUnknown",
        Reply.Refused($$$"""{"code":0,"data":{"task_id":{{{new string('1', 257)}}}}}""", Asked.Video).ErrorId);

    [Fact]
    public void A_video_id_that_cannot_be_sent_is_none() =>
        Assert.Null(Reply.Read("""{"data":{"task_id":"1","task_result":{"videos":[{"id":"a\nb"}]}}}""").VideoId);
}

/// <summary>Which of the three requests an answer belongs to.</summary>
public enum Asked
{
    Query,
    Extension,
    Video,
}

/// <summary>Reads an answer as the client would.</summary>
internal static class Reply
{
    internal static KlingTask Read(string body, Asked asked = Asked.Query, int status = 200) =>
        Read(Encoding.UTF8.GetBytes(body), asked, status);

    internal static KlingTask Read(byte[]? body, Asked asked = Asked.Query, int status = 200, Uri? location = null) =>
        ResponseReader.Read(Call(asked, body), new ApiResponse(status, body, null, location), Given.Key, Given.Start);

    internal static KlingException Refused(string body, Asked asked = Asked.Query, int status = 200) =>
        Assert.Throws<KlingException>(() => Read(body, asked, status));

    internal static KlingException Refused(byte[]? body, Asked asked, int status, Uri? location = null) =>
        Assert.Throws<KlingException>(() => Read(body, asked, status, location));

    private static ApiRequest Call(Asked asked, byte[]? body) => asked switch
    {
        Asked.Extension => ApiRequest.Submit(Given.Extension),
        Asked.Video => ApiRequest.Submit(Given.Video),
        _ => ApiRequest.Query(IdIn(body) ?? "861234567890123456", KlingTaskKind.VideoExtension),
    };

    // A query is about the task that is in its answer.
    private static string? IdIn(byte[]? body)
    {
        using JsonDocument? document = TolerantJson.Parse(body);
        return document is null ? null : TaskReader.IdNamedBy(document.RootElement, Given.Key);
    }
}
