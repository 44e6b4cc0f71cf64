namespace KlingPS.Core.Tests.Journal;

/// <summary>Of any number of processes one pays, and together they pay no more than the day allows.</summary>
public sealed class ClaimTests : JournalTest
{
    private ClaimRules Once => Rules with { IsOnce = true };

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

    [Theory]
    [InlineData(null)]
    [InlineData("harbour")]
    public async Task The_same_work_of_another_account_does_not_hide_ours(string? name)
    {
        VideoRequest request = Given.Video with { Name = name };
        await CreateAsync("mine", request);
        await CreateAsync("theirs", request, Theirs);
        Assert.Equal("mine", Open().Find(request, Once)?.Entry.TaskId);
    }

    [Fact]
    public async Task Nor_does_it_in_the_archive()
    {
        VideoRequest request = Given.Video with { Name = "harbour", Prompt = "first" };
        await CreateAsync("mine", request);
        await CreateAsync("theirs", request, Theirs);
        await FillAsync(6_000);
        Assert.Equal("mine", Open().Find(request, Once)?.Entry.TaskId);
        Assert.Equal("mine", Open().Find(request with { Name = null }, Once)?.Entry.TaskId);
    }

    [Fact]
    public async Task An_unsettled_request_is_not_sent_again_under_another_name()
    {
        await RecordOutcomeAsync(await RecordIntentAsync(Given.Video), JournalEvent.Unknown, error: "x");
        Assert.Equal("MayBePaidAlready", (await Refused(Given.Video with { Name = "b" }, Once)).ErrorId);
    }

    [Fact]
    public async Task An_archive_that_cannot_be_read_stops_the_claim()
    {
        VideoRequest request = Given.Video with { Name = "harbour", Prompt = "first" };
        await CreateAsync("mine", request);
        await FillAsync(6_000);
        TaskJournal journal = Open();
        string archive = Path.Combine(Path.GetDirectoryName(FilePath)!, "archive.jsonl");
        using FileStream held = new(archive, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Null(journal.Find(request, Once));
        Task<Claim> claim = journal.ClaimAsync(request, Once, Token);
        while (!claim.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        KlingException e = await Assert.ThrowsAsync<KlingException>(() => claim);
        Assert.Equal("JournalNotWritable", e.ErrorId);
    }

    [Fact]
    public async Task A_task_found_at_the_service_is_archived_too()
    {
        VideoRequest request = Given.Video with { Name = "harbour", Prompt = "first" };
        JournalEntry refused =
            await RecordOutcomeAsync(await RecordIntentAsync(request), JournalEvent.Refused, error: "x");
        await Open().RecordFoundAsync(refused, "mine", Token);
        await FillAsync(6_000);
        Assert.Equal("mine", Open().Find(request, Once)?.Entry.TaskId);
    }

    [Fact]
    public async Task The_archive_is_enough_to_know_work_again()
    {
        VideoRequest request = Given.Video with { Name = "harbour", Prompt = "first" };
        JournalEntry mine = await CreateAsync("mine", request);
        await WriteAsync(new JournalEntry { Event = JournalEvent.Ended, Id = mine.Command!, At = mine.At });
        await FillAsync(6_000);
        File.Delete(FilePath);
        await CreateAsync("other");
        Assert.Equal("mine", Open().Find(request with { Name = null }, Once)?.Entry.TaskId);
    }

    private static VideoRequest Video(int number) => Given.Video with { Prompt = $"{number}" };

    private Task<KlingException> Refused(SubmitRequest request, ClaimRules rules) =>
        Assert.ThrowsAsync<KlingException>(() => Open().ClaimAsync(request, rules, Token));
}
