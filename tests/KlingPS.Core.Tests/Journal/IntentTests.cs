namespace KlingPS.Core.Tests.Journal;

/// <summary>When a paid submission is in flight, unsettled, untold; and when an equal one is refused.</summary>
public sealed class IntentTests : JournalTest
{
    [Fact]
    public async Task While_its_command_runs_an_intent_is_in_flight_and_not_untold()
    {
        await RecordIntentAsync(Given.Extension);

        Assert.Equal(KlingIntentState.InFlight, State());
        Assert.Empty(Open().Untold());
    }

    [Fact]
    public async Task An_intent_of_a_killed_process_is_untold_until_it_is_named_and_unsettled_until_it_is_cleared()
    {
        JournalEntry intent = await RecordIntentAsync(Given.Extension);
        await WriteAsync(intent with { Process = Gone });

        JournalEntry lost = Assert.Single(Open().Untold()).Entry;
        Assert.Contains(Given.Extension.TaskId, lost.Describe(), StringComparison.Ordinal);
        Assert.Contains(Given.Extension.VideoId, lost.Describe(), StringComparison.Ordinal);
        Assert.Contains($"{Given.Start.LocalDateTime:yyyy-MM-dd HH:mm}", lost.Describe(), StringComparison.Ordinal);
        await Open().RecordToldAsync([lost.Id], Token);
        Assert.Empty(Open().Untold());
        Assert.Equal(KlingIntentState.Interrupted, State());
        await RecordOutcomeAsync(lost, JournalEvent.Cleared);
        Assert.Empty(Open().Unsettled());
    }

    [Fact]
    public async Task An_intent_of_another_host_is_told_at_once()
    {
        JournalEntry intent = await RecordIntentAsync(Given.Extension);
        await WriteAsync(intent with { Process = new ProcessIdentity("another", 1, "boot/1/1") });

        Assert.Single(Open().Untold());
        Assert.Equal(KlingIntentState.Interrupted, State());
    }

    [Fact]
    public async Task A_process_of_a_restarted_container_is_not_taken_for_the_one_that_had_its_id()
    {
        JournalEntry intent = await RecordIntentAsync(Given.Extension);
        ProcessIdentity own = ProcessIdentity.Current;
        await WriteAsync(
            intent
                with { Process = own with { Instance = own.Instance[..^1] + (own.Instance[^1] == '1' ? '2' : '1') } });

        Assert.Single(Open().Untold());
    }

    [Theory]
    [InlineData(JournalEvent.Created, null)]
    [InlineData(JournalEvent.Unknown, "SubmissionUnknown")]
    [InlineData(JournalEvent.Unknown, JournalEntry.Cancelled)]
    internal async Task An_outcome_is_untold_when_its_process_died_before_the_command_ended(
        JournalEvent outcome, string? error)
    {
        JournalEntry intent = await RecordIntentAsync(Given.Extension) with { Process = Gone };
        await RecordOutcomeAsync(intent, outcome, outcome == JournalEvent.Created ? "1" : null, error);

        Assert.Equal(outcome, Assert.Single(Open().Untold()).Entry.Event);
    }

    [Fact]
    public async Task What_a_command_has_told_by_its_end_is_told_and_the_rest_is_not()
    {
        string command = TaskJournal.BeginCommand();
        JournalEntry told = await RecordIntentAsync(Given.Video, command: command);
        await RecordOutcomeAsync(told, JournalEvent.Created, "1");
        JournalEntry untold = await RecordIntentAsync(Given.Extension, command: command);
        await RecordOutcomeAsync(untold, JournalEvent.Created, "2");
        Assert.Empty(Open().Untold());

        await Open().RecordEndAsync(command, [untold.Id], wasStopped: false, Token);

        Assert.Equal("2", Assert.Single(Open().Untold()).Entry.TaskId);
    }

    [Fact]
    public async Task Of_a_command_that_the_user_stopped_nothing_counts_as_told()
    {
        string command = TaskJournal.BeginCommand();
        await RecordOutcomeAsync(await RecordIntentAsync(Given.Video, command: command), JournalEvent.Created, "1");

        await Open().RecordEndAsync(command, [], wasStopped: true, Token);

        Assert.Equal("1", Assert.Single(Open().Untold()).Entry.TaskId);
    }

    [Fact]
    public async Task What_a_command_of_this_process_has_shown_is_never_untold_while_it_ends()
    {
        TaskJournal reader = Open();
        using CancellationTokenSource over = new();
        Task<int> looking = Task.Run(() =>
        {
            int untold = 0;
            while (!over.IsCancellationRequested)
            {
                untold += reader.Untold().Length;
            }

            return untold;
        });
        TaskJournal writer = Open();
        for (int i = 0; i < 200; i++)
        {
            string command = TaskJournal.BeginCommand();
            JournalEntry intent = await RecordIntentAsync(
                Given.Video with { Prompt = $"{i}" }, command: command, journal: writer);
            await writer.RecordOutcomeAsync(intent, JournalEvent.Created, $"{i}", cancellationToken: Token);
            await writer.RecordEndAsync(command, [], wasStopped: false, Token);
        }

        await over.CancelAsync();
        Assert.Equal(0, await looking);
    }

    [Fact]
    public async Task A_refused_submission_is_neither_unsettled_nor_untold()
    {
        JournalEntry intent = await RecordIntentAsync(Given.Video) with { Process = Gone };
        await RecordOutcomeAsync(intent, JournalEvent.Refused, error: "RateLimited");

        Assert.Empty(Open().Unsettled());
        Assert.Empty(Open().Untold());
    }

    [Fact]
    public async Task A_request_equal_to_an_unsettled_one_of_the_account_is_refused_unless_it_is_forced()
    {
        await LoseAsync(Given.Video);

        KlingException refused = await Assert.ThrowsAsync<KlingException>(() => RecordIntentAsync(Given.Video));
        Assert.Equal(("MayBePaidAlready", SubmissionOutcome.NotSent), (refused.ErrorId, refused.Submission));
        Assert.Contains($"{Given.Start.LocalDateTime:yyyy-MM-dd HH:mm}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Resolve-KlingIntent", refused.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("-Force", refused.RecommendedAction, StringComparison.Ordinal);
        await RecordIntentAsync(Given.Video, Theirs);
        await RecordIntentAsync(Given.Video with { Prompt = "another" });
        await Open().RecordIntentAsync(Given.Video, "another.test", Mine, TaskJournal.BeginCommand(), false, Token);
        await Open().RecordIntentAsync(
            Given.Video, "api.test", Mine, TaskJournal.BeginCommand(), isForced: true, Token);
    }

    [Fact]
    public async Task An_unknown_outcome_counts_also_while_its_command_runs()
    {
        await RecordOutcomeAsync(
            await RecordIntentAsync(Given.Video), JournalEvent.Unknown, error: "SubmissionUnknown");

        Assert.Equal(KlingIntentState.Unknown, State());
        await Assert.ThrowsAsync<KlingException>(() => RecordIntentAsync(Given.Video));
    }

    [Fact]
    public async Task A_submission_that_another_process_settled_meanwhile_is_not_cleared()
    {
        JournalEntry lost = await LoseAsync(Given.Video);
        await RecordOutcomeAsync(lost with { Process = Gone }, JournalEvent.Created, "1");
        await RecordOutcomeAsync(lost, JournalEvent.Cleared);

        Assert.Equal("1", Assert.Single(Open().Untold()).Entry.TaskId);
    }

    [Fact]
    public async Task A_request_equal_to_one_in_flight_or_settled_is_sent()
    {
        await RecordIntentAsync(Given.Video);
        await CreateAsync("1");
        await RecordOutcomeAsync(await LoseAsync(Given.Extension), JournalEvent.Cleared);

        await RecordIntentAsync(Given.Video);
        await RecordIntentAsync(Given.Extension);
    }

    [Fact]
    public void Requests_are_compared_without_callback_external_id_and_signatures_of_addresses()
    {
        VideoRequest request = Given.Video with { Image = Url("https://x.test/a.png?sig=1"), Model = "kling-v1-6" };
        string fingerprint = new RequestFingerprint(request).Make(null);

        Assert.All(
            [
                request,
                request with { CallbackUrl = new Uri("https://x.test/hook"), ExternalTaskId = "mine" },
                request with { Image = Url("https://x.test/a.png?sig=2") },
            ],
            same => Assert.True(new RequestFingerprint(same).Matches(fingerprint)));
        Assert.All(
            [
                request with { Prompt = "another" },
                request with { Model = "kling-v1" },
                request with { Image = Url("https://x.test/b.png?sig=1") },
                request with { Image = new ImageSource("iVBORw0KGgo=", "") },
                request with { Watermark = true },
            ],
            other => Assert.False(new RequestFingerprint(other).Matches(fingerprint)));
        Assert.NotEqual(fingerprint, new RequestFingerprint(request).Make(null));
    }

    [Fact]
    public async Task Entries_of_one_account_and_journal_share_their_salts()
    {
        await CreateAsync("1");
        JournalEntry next = await Open().RecordIntentAsync(
            Given.Extension, "api.test", new AccountFingerprint(Given.ApiKey()), TaskJournal.BeginCommand(), false,
            Token);

        JournalEntry first = Lines()[0]!;
        Assert.Equal(first.Account, next.Account);
        Assert.Equal(first.Request!.Split('.')[0], next.Request!.Split('.')[0]);
    }

    private static ImageSource Url(string address) => ImageSource.FromUrl(new Uri(address));

    private async Task<JournalEntry> LoseAsync(SubmitRequest request)
    {
        JournalEntry intent = await RecordIntentAsync(request) with { Process = Gone };
        return await RecordOutcomeAsync(intent, JournalEvent.Unknown, error: JournalEntry.Cancelled);
    }

    private KlingIntentState State() => new KlingIntent(Assert.Single(Open().Unsettled()), isThisAccount: false).State;
}
