using KlingPS.Core.Tests.Support;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Core.Tests.Journal;

/// <summary>Of any number of processes one pays, and together they pay no more than the day allows.</summary>
public sealed class ClaimTests : JournalTest
{
    private ClaimRules Rules => new("api.test", Mine, TaskJournal.BeginCommand());

    [Fact]
    public async Task One_of_many_processes_at_once_may_send()
    {
        ClaimRules rules = Rules with { IsOnce = true };
        Claim[] claims = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Open().ClaimAsync(Given.Video, rules, Token)));

        Assert.Single(claims, claim => claim.IsNew);
        Assert.All(claims.Where(claim => !claim.IsNew), claim => Assert.True(claim.IsInFlight));
    }

    [Fact]
    public async Task A_task_in_the_archive_is_known_by_its_name_and_its_request()
    {
        VideoRequest named = Given.Video with { Name = "harbour", Prompt = "first" };
        await CreateAsync("first", named);
        await FillAsync(6_000);
        ClaimRules once = Rules with { IsOnce = true };
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(FilePath)!, "archive.jsonl")));
        Assert.Equal("first", Open().Find(named, once)!.Entry.TaskId);
        Assert.Equal("first", Open().Find(named with { Name = null }, once)!.Entry.TaskId);
        KlingException taken = Assert.Throws<KlingException>(
            () => Open().Find(named with { Prompt = "another" }, once));
        Assert.Equal("NameTaken", taken.ErrorId);
    }

    [Fact]
    public async Task The_daily_limit_counts_what_was_paid_or_may_have_been_in_a_day()
    {
        ClaimRules rules = Rules with { DailyLimit = 3 };
        await CreateAsync("yesterday");
        Clock.Advance(TimeSpan.FromHours(25));
        await CreateAsync("1");
        await RecordOutcomeAsync(await RecordIntentAsync(Given.Extension), JournalEvent.Unknown, error: "x");
        await RecordOutcomeAsync(await RecordIntentAsync(Video(2)), JournalEvent.Refused, error: "x");
        await CreateAsync("theirs", Video(3), Theirs);
        JournalEntry third = (await Open().ClaimAsync(Video(4), rules, Token)).Entry;

        Claim waiting = await Open().ClaimAsync(Video(5), rules, Token);
        Assert.Equal((false, true), (waiting.IsNew, waiting.IsInFlight));
        await RecordOutcomeAsync(third, JournalEvent.Cleared);
        Assert.Equal("SpendLimitReached", (await Refused(Video(5), rules)).ErrorId);
        Clock.Advance(TimeSpan.FromHours(25));
        Assert.True((await Open().ClaimAsync(Video(5), rules, Token)).IsNew);
    }

    [Fact]
    public async Task A_rotation_keeps_the_count_of_the_day()
    {
        await FillAsync(6_000);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(FilePath)!, "archive.jsonl")));
        Assert.Equal("SpendLimitReached", (await Refused(Video(-1), Rules with { DailyLimit = 6_000 })).ErrorId);
        Assert.True((await Open().ClaimAsync(Video(-1), Rules with { DailyLimit = 6_001 }, Token)).IsNew);
    }

    private static VideoRequest Video(int number) => Given.Video with { Prompt = $"{number}" };

    private Task<KlingException> Refused(SubmitRequest request, ClaimRules rules) =>
        Assert.ThrowsAsync<KlingException>(() => Open().ClaimAsync(request, rules, Token));
}
