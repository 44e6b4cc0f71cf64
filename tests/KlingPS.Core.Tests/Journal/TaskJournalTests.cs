namespace KlingPS.Core.Tests.Journal;

/// <summary>What the journal knows afterwards, in this process and in the next.</summary>
public sealed class TaskJournalTests : JournalTest
{
    [Fact]
    public async Task The_last_tasks_of_an_account_come_in_the_order_they_were_made()
    {
        for (int i = 1; i <= 5; i++)
        {
            await CreateAsync($"{i}");
            await CreateAsync($"their-{i}", account: Theirs);
        }

        Assert.Equal(["3", "4", "5"], Open().Last(3, "api.test", Mine).Select(entry => entry.TaskId));
        Assert.Equal(5, Open().Last(99, "api.test", Mine).Length);
        Assert.Empty(Open().Last(99, "another.test", Mine));
    }

    [Fact]
    public async Task What_waits_saw_of_durations_corrects_what_is_believed_of_a_kind_at_a_host()
    {
        TimeSpan believed = TimeSpan.FromSeconds(200);
        Assert.Equal(200, Open().Expect("api.test", KlingTaskKind.TextToVideo, believed).TotalSeconds, 1);

        await Open().RecordDurationAsync("api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(50), 1, Token);
        Assert.Equal(100, Open().Expect("api.test", KlingTaskKind.TextToVideo, believed).TotalSeconds, 1);
        Assert.Equal(200, Open().Expect("api.test", KlingTaskKind.ImageToVideo, believed).TotalSeconds, 1);
        Assert.Equal(200, Open().Expect("another.test", KlingTaskKind.TextToVideo, believed).TotalSeconds, 1);

        // A thousand tasks of one wait weigh as ten.
        await Open().RecordDurationAsync("api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(800), 1000, Token);
        double expected = Math.Exp((Math.Log(200) + Math.Log(50) + (10 * Math.Log(800))) / 12);
        Assert.Equal(expected, Open().Expect("api.test", KlingTaskKind.TextToVideo, believed).TotalSeconds, 1);

        for (int i = 0; i < 10; i++)
        {
            await Open().RecordDurationAsync(
                "api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(60), 10,
                Token);
        }

        Assert.InRange(Open().Expect("api.test", KlingTaskKind.TextToVideo, believed).TotalSeconds, 60, 62);
        Assert.Empty(Open().Unsettled());
        Assert.Null(Open().TakeWarning());
    }

    [Theory]
    [InlineData(
        """{"v":1,"step":"Observed","id":"1","at":"2026-01-01T00:00:"""
            + """00Z","kind":"TextToVideo","host":"api.test","count":5}""")]
    [InlineData(
        """{"v":1,"step":"Observed","id":"1","at":"2026-01-01T00:00:"""
            + """00Z","kind":"TextToVideo","host":"api.test","sec":-3,"count":5}""")]
    [InlineData(
        """{"v":1,"step":"Observed","id":"1","at":"2026-01-01T00:00:"""
            + """00Z","kind":"TextToVideo","host":"api.test","sec":1e300,"count":5}""")]
    public void An_observation_that_makes_no_sense_is_a_damaged_line(string line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, line + "\n");

        Assert.Equal(
            200, Open().Expect("api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(200)).TotalSeconds, 1);
        Assert.NotNull(Open().TakeWarning());
    }

    [Fact]
    public async Task A_task_is_found_by_its_id_and_by_the_users_own()
    {
        await CreateAsync("1", Given.Video with { ExternalTaskId = "mine-1" });

        Assert.Equal(KlingTaskKind.TextToVideo, Open().Find("1")!.Kind);
        Assert.Equal("1", Open().Find("mine-1")!.TaskId);
        Assert.Null(Open().Find("2"));
    }

    [Fact]
    public async Task A_task_of_another_process_is_young_for_ten_seconds()
    {
        await CreateAsync("1");
        Assert.True(Open().IsNotVisibleYet("1", "api.test"));
        Assert.False(Open().IsNotVisibleYet("1", "another.test"));
        Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.False(Open().IsNotVisibleYet("1", "api.test"));
    }

    [Fact]
    public void An_account_is_known_by_its_key_and_the_key_is_not_known_by_the_account()
    {
        AccountFingerprint again = new(Given.ApiKey());

        Assert.True(Mine.Matches(again.Own));
        Assert.False(Theirs.Matches(again.Own));
        Assert.NotEqual(Mine.Own, again.Own);
        Assert.DoesNotContain(Given.Key, again.Own, StringComparison.Ordinal);
        Assert.All(["", ".", "zz.zz", "0011223344556677", again.Own + "0"], mark => Assert.False(Mine.Matches(mark)));
    }

    [Fact]
    public async Task Parents_of_another_account_are_told_apart()
    {
        await CreateAsync("1");
        await CreateAsync("2", account: Theirs);
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = new Uri("https://api.test/kling/") }, Given.ApiKey(), Clock,
            journal: new TaskJournal(new FileJournalStore(FilePath, new RealTimers(Clock)), Clock));
        KlingClient client = new(connection);

        Assert.Null(client.WarnIfOtherAccount("1"));
        Assert.Contains("another key", client.WarnIfOtherAccount("2"), StringComparison.Ordinal);
        Assert.Null(client.WarnIfOtherAccount("3"));
    }
}

/// <summary>One index a process, whatever the number of runspaces.</summary>
public sealed class SharedJournalTests
{
    [Fact]
    public async Task All_connections_of_a_process_share_one_journal()
    {
        TaskJournal first = JournalLocation.Open();

        TaskJournal[] others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(JournalLocation.Open)));

        Assert.All(others, other => Assert.Same(first, other));
    }
}
