using KlingPS.Core.Tests.Support;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>The videos of a task: ids, lengths, addresses, expiry.</summary>
public sealed class VideoReadingTests
{
    private const string Extended =
        """
        {"code":0,"message":"SUCCEED","request_id":"5c1b","data":{"task_id":"826341277283426400","task_status":"succeed",
        "task_status_msg":"","task_info":{"parent_video":{"id":"826341277283426392","url":"https://cdn.test/p.mp4?ksTime=694fa816",
        "duration":"5.1"}},"task_result":{"videos":[{"id":"826341277283426401",
        "url":"https://v16-kling-fdl.klingai.com/bs2/v.mp4?cacheKey=a&x-kcdn-pid=b&ksSecret=c&ksTime=694fa816",
        "watermark_url":"https://cdn.test/w.mp4","duration":"9.6"}]},"created_at":1764235825029,"updated_at":1764236054436}}
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
            """[{"id":"2","url":"https://c.test/2?ksTime=694fa816"},{"id":"3","url":"https://c.test/3?ksTime=69400000"}]"""));

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
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
        try
        {
            KlingTask task = Reply.Read(With($$"""[{"id":"2","duration":{{duration}}}]"""));
            Assert.Equal(TimeSpan.FromSeconds(seconds), task.Duration);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
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
        Assert.Equal((null, KlingTaskStatus.Succeed), (task.VideoId, task.Status));
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
