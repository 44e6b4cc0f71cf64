namespace KlingPS.Core.Tests.Journal;

/// <summary>A journal that does not grow for ever, and lines of other versions.</summary>
public sealed class RotationTests : JournalTest
{
    private string Archive => Path.Combine(Path.GetDirectoryName(FilePath)!, "archive.jsonl");

    [Fact]
    public async Task Rotation_keeps_every_task_findable_every_unsettled_intent_and_every_untold_outcome()
    {
        JournalEntry unsettled = await RecordIntentAsync(Given.Extension) with { Process = Gone };
        await RecordOutcomeAsync(unsettled, JournalEvent.Unknown, error: "SubmissionUnknown");
        JournalEntry told = await RecordIntentAsync(Given.Video with { Prompt = "told" }) with { Process = Gone };
        await RecordOutcomeAsync(told, JournalEvent.Unknown, error: "SubmissionUnknown");
        await Open().RecordToldAsync([told.Id], Token);
        JournalEntry untold = await RecordIntentAsync(
            Given.Video with { ExternalTaskId = "mine" }) with { Process = Gone };
        await RecordOutcomeAsync(untold, JournalEvent.Created, "untold-1");
        await Open().RecordDurationAsync("api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(50), 10, Token);
        long before = await FillAsync(6_000);

        TaskJournal journal = Open();
        Assert.True(new FileInfo(FilePath).Length < before / 2, $"{new FileInfo(FilePath).Length} of {before} bytes");
        Assert.Equal([unsettled.Id, told.Id], journal.Unsettled().Select(state => state.Entry.Id));
        Assert.Equal([unsettled.Id, untold.Id], journal.Untold().Select(state => state.Entry.Id));
        Assert.Equal(["5998", "5999"], journal.Last(2, "api.test", Mine).Select(entry => entry.TaskId));
        Assert.Equal(6_001, journal.Last(int.MaxValue, "api.test", Mine).Length);
        Assert.All(
            ["0", "3000", "5999", "mine"], id => Assert.Equal(KlingTaskKind.TextToVideo, journal.Find(id)!.Kind));
        Assert.Null(journal.Find("6001"));
        Assert.InRange(
            journal.Expect("api.test", KlingTaskKind.TextToVideo, TimeSpan.FromSeconds(500)).TotalSeconds, 50, 70);
        Assert.Null(journal.TakeWarning());
        await Assert.ThrowsAsync<KlingException>(() => RecordIntentAsync(Given.Extension));
    }

    [Fact]
    public async Task A_reader_that_was_in_the_middle_goes_on_in_the_rotated_file()
    {
        await CreateAsync("first");
        TaskJournal reader = Open();
        Assert.NotNull(reader.Find("first"));
        await FillAsync(6_000);

        Assert.Equal("5999", Assert.Single(reader.Last(1, "api.test", Mine)).TaskId);
        Assert.NotNull(reader.Find("first"));
    }

    [Fact]
    public async Task What_a_running_command_has_created_is_not_archived_and_counts_for_the_daily_limit()
    {
        JournalEntry first = await CreateAsync("0");
        await File.AppendAllTextAsync(
            FilePath,
            string.Concat(Enumerable.Range(1, 10_500).Select(i => Encoding.UTF8.GetString(
                (first with { Id = $"{i:x32}", TaskId = $"{i}" }).ToLine()))),
            Token);
        TaskJournal journal = Open();
        for (int i = 0; i < 3; i++)
        {
            JournalEntry intent = await RecordIntentAsync(Given.Video with { Prompt = $"{i}" }, journal: journal);
            await journal.RecordOutcomeAsync(intent, JournalEvent.Created, $"more-{i}", null, Token);
        }

        Assert.Empty(File.ReadLines(Archive));
        ClaimRules atLimit = new("api.test", Mine, TaskJournal.BeginCommand()) { DailyLimit = 10_504 };
        VideoRequest next = Given.Video with { Prompt = "next" };
        KlingException refused = await Assert.ThrowsAsync<KlingException>(
            () => journal.ClaimAsync(next, new RequestFingerprint(next), atLimit, Token));
        Assert.Equal("SpendLimitReached", refused.ErrorId);
    }

    [Fact]
    public async Task All_tasks_of_a_large_command_that_was_stopped_stay_untold()
    {
        const int count = 9_000;
        JournalEntry first = await CreateAsync("first") with { Process = Gone };
        await PutAsync(string.Concat(
            Enumerable.Range(0, count)
                .Select(i => first with { Id = $"{i:x32}", TaskId = $"untold-{i}", Command = "stopped" })
                .Append(new JournalEntry
                {
                    Event = JournalEvent.Ended, Id = "stopped", At = first.At, Error = JournalEntry.Cancelled,
                })
                .Select(entry => Encoding.UTF8.GetString(entry.ToLine()))));
        await Open().RotateAsync(Token);

        TaskJournal journal = Open();
        Assert.Contains("Rotated", (await File.ReadAllLinesAsync(FilePath, Token))[0], StringComparison.Ordinal);
        Assert.Equal(count, journal.Untold().Length);
        Assert.Null(journal.TakeWarning());
    }

    [Fact]
    public async Task A_told_submission_of_an_ended_command_is_not_in_flight_again_after_a_rotation()
    {
        JournalEntry intent = await RecordIntentAsync(Given.Extension);
        await WriteAsync(new JournalEntry { Event = JournalEvent.Ended, Id = intent.Command!, At = intent.At });
        await Open().RecordToldAsync([intent.Id], Token);
        await FillAsync(6_000);

        Assert.Contains(Lines(), line => line!.Event == JournalEvent.Ended && line.Id == intent.Command);
        Assert.Equal(intent.Id, Assert.Single(Open().Unsettled()).Entry.Id);
    }

    [Fact]
    public async Task What_a_running_command_finds_of_an_ended_one_is_its_own_to_tell()
    {
        JournalEntry lost = await RecordIntentAsync(Given.Extension) with { Process = Gone };
        await WriteAsync(lost);
        await WriteAsync(new JournalEntry
        {
            Event = JournalEvent.Ended, Id = lost.Command!, At = lost.At, Error = JournalEntry.Cancelled,
        });
        Assert.Single(Open().Untold());

        JournalEntry found = lost with { Command = TaskJournal.BeginCommand(), Process = ProcessIdentity.Current };
        await RecordOutcomeAsync(found, JournalEvent.Created, "found");

        Assert.Empty(Open().Untold());
    }

    [Fact]
    public async Task A_task_is_archived_also_where_another_session_cleared_its_submission()
    {
        VideoRequest request = Given.Video with { Name = "harbour" };
        JournalEntry intent = await RecordIntentAsync(request);
        await RecordOutcomeAsync(intent, JournalEvent.Cleared);
        await RecordOutcomeAsync(intent, JournalEvent.Created, "mine");
        await WriteAsync(new JournalEntry { Event = JournalEvent.Ended, Id = intent.Command!, At = intent.At });
        await FillAsync(6_000);

        Assert.Contains("\"mine\"", await File.ReadAllTextAsync(Archive, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_that_another_process_has_done_meanwhile_is_not_repeated()
    {
        await FillAsync(6_000);
        string rotated = await File.ReadAllTextAsync(FilePath, Token);

        await Open().RotateAsync(Token);

        Assert.Equal(rotated, await File.ReadAllTextAsync(FilePath, Token));
    }

    [Fact]
    public async Task An_old_journal_is_rotated_although_it_is_small()
    {
        await FillAsync(300);
        Assert.False(File.Exists(Archive));
        Clock.Advance(TimeSpan.FromDays(91));
        await CreateAsync("new");

        Assert.True(File.Exists(Archive));
        Assert.NotNull(Open().Find("0"));
    }

    [Fact]
    public async Task A_rotation_that_was_interrupted_between_its_two_files_loses_nothing()
    {
        await CreateAsync("1");
        await File.WriteAllTextAsync(Archive, await File.ReadAllTextAsync(FilePath, Token), Token);
        await File.WriteAllTextAsync(FilePath + ".new", "half a li", Token);
        await FillAsync(6_000);

        Assert.Equal(6_001, Open().Last(int.MaxValue, "api.test", Mine).Length);
        Assert.False(File.Exists(FilePath + ".new"));
    }

    [Fact]
    public async Task Lines_of_version_1_are_read()
    {
        await PutAsync(string.Join(
            '\n', Line("Intent", "a", ""","machine":"m","pid":1,"started":"2026-01-01T00:00:00Z" """),
            Line("Created", "b", ""","task":"42","parentTask":"40","parentVideo":"41" """),
            Line("Unknown", "c", ""","error":"SubmissionUnknown" """),
            Line("Unknown", "d", ""","error":"Cancelled" """), Line("Observed", "e", ""","sec":50,"count":10 """)));

        TaskJournal journal = Open();
        Assert.Equal("40", journal.Find("42")!.ParentTaskId);
        Assert.Equal(["a", "c", "d"], journal.Unsettled().Select(state => state.Entry.Id).Order());
        Assert.Equal(["a", "d"], journal.Untold().Select(state => state.Entry.Id).Order());
        Assert.Null(journal.TakeWarning());
    }

    [Theory]
    [InlineData("""{"v":2,"step":"Intent","id":null,"at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"v":2,"step":"Intent","id":"x","at":"2026-01-01T00:00:00Z","account":null}""")]
    [InlineData("""{"v":2,"step":"Told","id":"x","at":"2026-01-01T00:00:00Z","ids":[null]}""")]
    public async Task A_null_where_a_text_should_be_is_damage(string line)
    {
        await PutAsync(line);

        Assert.Empty(Open().Unsettled());
        Assert.Contains("One line", Open().TakeWarning(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_settled_in_the_file_of_another_process_stays_so_in_whichever_order_they_are_read()
    {
        JournalEntry lost = await RecordIntentAsync(Given.Extension) with { Process = Gone };
        string folder = Path.GetDirectoryName(FilePath)!;
        File.Move(FilePath, Path.Combine(folder, "journal.b.jsonl"));
        await RecordOutcomeAsync(lost, JournalEvent.Cleared);
        File.Move(FilePath, Path.Combine(folder, "journal.a.jsonl"));

        Assert.Empty(Open().Unsettled());
    }

    [Theory]
    [InlineData("""{"v":3,"step":"Created","id":"x","at":"2026-01-01T00:00:00Z","kind":"TextToVideo","task":"1"}""")]
    [InlineData("""{"v":3,"step":"SomethingElse","id":7}""")]
    public async Task A_line_of_a_newer_version_is_no_damage_and_survives_a_rotation(string line)
    {
        await PutAsync(line);
        Assert.Contains("newer version", Open().TakeWarning(), StringComparison.Ordinal);
        await FillAsync(6_000);

        Assert.Contains(line, await File.ReadAllTextAsync(FilePath, Token), StringComparison.Ordinal);
    }

    private static string Line(string step, string id, string more)
    {
        const string common = """ "at":"2026-01-01T00:00:00Z","kind":"TextToVideo","host":"api.test","account":"x" """;
        return $$"""{"v":1,"step":"{{step}}","id":"{{id}}",{{common}}{{more}}}""";
    }

    private async Task PutAsync(string lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, lines + "\n", Token);
    }
}
