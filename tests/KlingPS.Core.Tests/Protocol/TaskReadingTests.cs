using System.Text;

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
        {"code":"success","message":"","data":{"task_id":"outer-1","status":"SUCCESS","progress":"100%","data":{"code":0,
        "message":"SUCCEED","data":{"task_id":"826341277283426391","task_status":"succeed","task_result":{"videos":[
        {"id":"826341277283426392","url":"https://cdn.test/v.mp4","duration":"5.1"}]},"created_at":1764235825029,
        "updated_at":1764236054436}}}}
        """;

    [Fact]
    public void A_created_task_is_read_with_all_it_has()
    {
        KlingTask task = Reply.Read(Created, Asked.Extension);

        Assert.Equal(("2032273942220931072", KlingTaskStatus.Submitted, "submitted"), (task.TaskId, task.Status, task.RawStatus));
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

    [Fact]
    public void The_gateways_wrapping_is_taken_off()
    {
        KlingTask task = Reply.Read(Wrapped);

        Assert.Equal(("826341277283426391", KlingTaskStatus.Succeed), (task.TaskId, task.Status));
        Assert.Equal("826341277283426392", task.VideoId);
    }

    [Theory]
    [InlineData("""{"task_id":"1","task_status":"processing","created_at":1764235825029}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":0,"message":"success","data":{"task_id":"1","task_status":"processing","created_at":"1764235825029"}}""")]
    [InlineData("""{"code":"0","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":0.0,"data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":"","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"task_status":"x","data":{"task_id":"1","task_status":"processing","created_at":1764235825029}}""")]
    [InlineData("""{"code":0,"error":null,"data":{"task_id":1,"task_status":"processing","updated_at":1764235825029}}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"processing","task_info":null,"task_result":null,"created_at":1764235825029}}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"processing","task_result":{"images":[],"videos":null},"created_at":1764235825029}}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"processing","task_result":{"videos":{}},"created_at":1764235825029}}""")]
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
        Assert.Equal("2032273942220931072", Reply.Read($$$"""{"data":{"task_id":{{{id}}},"task_status":"submitted"}}""").TaskId);

    [Theory]
    [InlineData("\"archived\"", "archived")]
    [InlineData("\"succeeded\"", "succeeded")]
    [InlineData("\"\"", "")]
    [InlineData("99", "99")]
    public void A_word_we_do_not_know_is_unknown_and_never_an_end(string word, string raw)
    {
        KlingTask task = Reply.Read($$$"""{"data":{"task_id":"1","task_status":{{{word}}}}}""");

        Assert.Equal((KlingTaskStatus.Unknown, false, raw), (task.Status, task.IsCompleted, task.RawStatus));
    }

    [Theory]
    [InlineData("Succeed", KlingTaskStatus.Succeed)]
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
        KlingTask task = Reply.Read($$$"""{"data":{"task_id":"1","task_status":"submitted","created_at":{{{time}}}}}""");

        Assert.Equal(Support.Given.Start.LocalDateTime, task.CreatedAt);
    }

    [Fact]
    public void A_time_at_the_end_of_the_calendar_breaks_nothing()
    {
        KlingTask task = Reply.Read(
            """{"data":{"task_id":"1","task_status":"succeed","created_at":253402300799000,"updated_at":253402300799000}}""");

        Assert.Equal(KlingTaskStatus.Succeed, task.Status);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        byte[] body = [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Processing)];

        Assert.Equal(KlingTaskStatus.Processing, Reply.Read(body).Status);
    }

    [Theory]
    [InlineData("""{"data":{"task_id":"1","task_status":"failed","task_status_msg":"half \ud83d"}}""")]
    [InlineData("""{"code":0,"message":"\udc00","request_id":"\ud800","data":{"task_id":"1","task_status":"failed"}}""")]
    public void Half_a_character_breaks_nothing(string body) => Assert.Equal(KlingTaskStatus.Failed, Reply.Read(body).Status);

    [Theory]
    [InlineData(Asked.Query)]
    [InlineData(Asked.Extension)]
    public void A_field_named_with_half_a_character_is_at_worst_an_answer_that_cannot_be_read(Asked asked)
    {
        const string body = """{"\ud83dxxx":1,"data":{"task_id":"1","\ud83dxxxxx":1,"task_status":"failed"}}""";

        Exception? error = Record.Exception(() => Reply.Read(body, asked));

        Assert.True(error is null or KlingException, $"{error}");
    }

    [Fact]
    public void A_field_named_with_half_a_character_hides_none_of_its_neighbours()
    {
        const string body = """{"\ud83dxxx":1,"data":{"\ud83dxxxxx":1,"task_id":"1","task_status":"failed"}}""";

        Assert.Equal(("1", KlingTaskStatus.Failed), (Reply.Read(body).TaskId, Reply.Read(body).Status));
    }

    [Fact]
    public void Bytes_that_are_no_text_break_nothing()
    {
        byte[] body =
        [
            .. """{"data":{"task_id":"1","task_status":"failed","task_status_msg":"caf"""u8, 0xE9, .. "\"}}"u8,
        ];

        Assert.Equal(KlingTaskStatus.Failed, Reply.Read(body).Status);
    }

    [Fact]
    public void A_reason_is_one_line_without_control_characters()
    {
        KlingTask task = Reply.Read("""{"data":{"task_id":"1","task_status":"failed","task_status_msg":"a\u001b[31m\nb"}}""");

        Assert.DoesNotContain(task.StatusMessage, char.IsControl);
    }

    [Fact]
    public void No_text_of_a_task_holds_the_key_or_a_control_character()
    {
        const string said = "\"sk-0123456789abcdefWXYZ \\u001b[31m https://cdn.test/v.mp4?ksSecret=abc\"";
        KlingTask task = Reply.Read($$$"""
            {"request_id":{{{said}}},"data":{"task_id":"1","task_status":{{{said}}},"task_status_msg":{{{said}}},
            "external_task_id":{{{said}}},"final_unit_deduction":{{{said}}}}}
            """);

        Assert.All(
            new[] { task.RequestId, task.RawStatus, task.StatusMessage, task.ExternalTaskId, task.UnitsDeducted },
            text => Assert.Equal("[key]  [31m https://cdn.test/v.mp4?…", text));
    }

    [Theory]
    [InlineData("""{"data":{"task_id":"1","task_status":"submitted","task_info":{"external_task_id":"mine"}}}""")]
    [InlineData("""{"data":{"task_id":"1","task_status":"submitted","external_task_id":"mine"}}""")]
    public void The_users_own_id_is_read_from_both_places(string body) =>
        Assert.Equal("mine", Reply.Read(body).ExternalTaskId);

    [Fact]
    public void The_units_deducted_are_told_in_the_services_words() =>
        Assert.Equal("2.50", Reply.Read("""{"data":{"task_id":"1","task_status":"succeed","final_unit_deduction":"2.50"}}""").UnitsDeducted);
}
