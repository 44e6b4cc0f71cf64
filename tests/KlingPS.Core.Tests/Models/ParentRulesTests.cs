using System.Globalization;
using KlingPS.Core.Tests.Support;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Submitting;

namespace KlingPS.Core.Tests.Models;

/// <summary>What is checked of a parent before an extension is paid for.</summary>
public sealed class ParentRulesTests
{
    private static readonly KlingVideo First = new() { VideoId = "v1", TaskId = "t", Duration = TimeSpan.FromSeconds(5.1) };
    private static readonly KlingVideo Second = new() { VideoId = "v2", TaskId = "t", Duration = TimeSpan.FromSeconds(180) };

    [Fact]
    public void The_only_video_is_the_one() => Assert.Equal("v1", Check(Parent(First)));

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public void Of_several_the_wanted_one_is_taken(string wanted) =>
        Assert.Equal(wanted, Check(Parent(First, Second with { Duration = null }), wanted));

    [Theory]
    [InlineData(KlingTaskStatus.Unknown)]
    [InlineData(KlingTaskStatus.Submitted)]
    [InlineData(KlingTaskStatus.Processing)]
    [InlineData(KlingTaskStatus.Failed)]
    public void A_task_that_has_not_succeeded_is_not_ready(KlingTaskStatus status) =>
        Assert.Equal("ParentNotReady", Refused(Parent(First) with { Status = status }).ErrorId);

    [Fact]
    public void A_task_without_a_video_has_none() => Assert.Equal("ParentHasNoVideo", Refused(Parent()).ErrorId);

    [Fact]
    public void A_video_of_another_task_is_not_its_own() =>
        Assert.Equal("ParentHasNoVideo", Refused(Parent(First), "v9").ErrorId);

    [Fact]
    public void Several_videos_and_none_wanted_is_ambiguous() =>
        Assert.Equal("AmbiguousVideo", Refused(Parent(First, Second)).ErrorId);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_video_past_its_time_is_expired(int seconds) =>
        Assert.Equal("ParentExpired", Refused(Parent(Expiring(seconds))).ErrorId);

    [Fact]
    public void A_video_just_before_its_time_is_not_expired() => Assert.Equal("v1", Check(Parent(Expiring(1))));

    [Fact]
    public void The_expiry_of_the_wanted_video_counts_not_that_of_another() =>
        Assert.Equal("v2", Check(Parent(Expiring(-1), Second with { Duration = null, ExpiresAt = Expiring(5).ExpiresAt }), "v2"));

    [Theory]
    [InlineData(180)]
    [InlineData(181.5)]
    public void A_video_of_three_minutes_cannot_grow(double seconds) =>
        Assert.Equal("ParentTooLong", Refused(Parent(First with { Duration = TimeSpan.FromSeconds(seconds) })).ErrorId);

    [Theory]
    [InlineData(179.9)]
    [InlineData(null)]
    public void A_video_below_three_minutes_or_of_unknown_length_can(double? seconds) => Assert.Equal(
        "v1",
        Check(Parent(First with { Duration = seconds is { } known ? TimeSpan.FromSeconds(known) : null })));

    [Fact]
    public void A_task_rebuilt_without_its_videos_is_checked_by_its_scalars()
    {
        KlingTask rebuilt = Parent(First) with { Videos = [] };

        Assert.Equal("v1", Check(rebuilt));
        Assert.Equal("AmbiguousVideo", Refused(rebuilt with { VideoCount = 2 }).ErrorId);
        Assert.Equal("v2", Check(rebuilt with { VideoCount = 2 }, "v2"));
        Assert.Equal("ParentHasNoVideo", Refused(rebuilt, "v2").ErrorId);
        Assert.Equal("ParentExpired", Refused(rebuilt with { ExpiresAt = Expiring(-1).ExpiresAt }).ErrorId);
        Assert.Equal("ParentTooLong", Refused(rebuilt with { Duration = TimeSpan.FromSeconds(180) }).ErrorId);
        Assert.Equal("ParentHasNoVideo", Refused(rebuilt with { VideoId = "" }).ErrorId);
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("en-US")]
    public void A_date_in_a_message_is_of_the_one_calendar(string culture)
    {
        DateTime expired = new(2026, 2, 3, 4, 5, 6, DateTimeKind.Local);
        JournalEntry entry = new() { Event = JournalEvent.Intent, Id = "1", Kind = KlingTaskKind.TextToVideo, At = new DateTimeOffset(expired) };
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            Assert.Contains("expired at 2026-02-03 04:05.", Refused(Parent(First with { ExpiresAt = expired })).Message, StringComparison.Ordinal);
            Assert.Equal("TextToVideo at 2026-02-03 04:05:06", entry.Describe());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_refusal_says_that_nothing_was_sent_and_names_the_task()
    {
        KlingException error = Refused(Parent());

        Assert.Equal(SubmissionOutcome.NotSent, error.Submission);
        Assert.Contains("861234567890123456", error.Message, StringComparison.Ordinal);
    }

    private static KlingVideo Expiring(int seconds) => First with { ExpiresAt = Given.Start.AddSeconds(seconds).LocalDateTime };

    private static KlingTask Parent(params KlingVideo[] videos) => Given.Task(status: KlingTaskStatus.Succeed, videos: videos);

    private static string Check(KlingTask parent, string? wanted = null) => ParentRules.VideoToExtend(parent, wanted, Given.Start);

    private static KlingException Refused(KlingTask parent, string? wanted = null) =>
        Assert.Throws<KlingException>(() => Check(parent, wanted));
}
