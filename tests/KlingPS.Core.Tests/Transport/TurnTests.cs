namespace KlingPS.Core.Tests.Transport;

/// <summary>The turn of a request: whose it is, when the intent is written, and how long a pause may be.</summary>
[Collection(nameof(VirtualTime))]
public sealed class TurnTests
{
    private static readonly ScriptedHandler.Step Created = ScriptedHandler.Answer(200, Bodies.Task());
    private static readonly ScriptedHandler.Step Down = ScriptedHandler.Answer(503, "", ("Retry-After", "31536000"));

    [Fact]
    public async Task A_query_after_hundreds_of_cancelled_submissions_is_sent_at_once()
    {
        using VirtualCall call = new(settings => settings with { MaxRequestsPerSec = 20 }, Created);
        using CancellationTokenSource cancelled = new();
        Task<KlingTask>[] all = Submit(call.Connection, 400, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(all));

        await call.EndAsync(call.GetAsync());

        Assert.InRange(call.SentAt[^1], 0, 1.1);
    }

    [Fact]
    public async Task A_journal_that_stands_still_does_not_let_more_start_than_the_rate_allows()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, Created);
        SlowJournal journal = new(clock);
        using KlingConnection connection = Connect(handler, clock, 20, journal);
        Task<KlingTask>[] all = Submit(connection, 80, Token);
        for (int i = 0; i < 50; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.Empty(handler.Seen);
        journal.Go();
        await VirtualTime.MoveAsync(clock, Task.WhenAll(all), TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(all);
        DateTimeOffset[] sent = [.. handler.Seen.Select(request => request.At)];
        TimeSpan[] apart = [.. sent.Zip(sent.Skip(20), (first, after20) => after20 - first)];
        Assert.True(apart.Min() >= TimeSpan.FromSeconds(1), $"21 within {apart.Min()}");
        Assert.InRange(journal.FirstStand, 20, 40);
    }

    [Fact]
    public async Task An_intent_is_written_a_second_before_its_turn_at_the_earliest()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, Created);
        SlowJournal journal = new(clock);
        journal.Go();
        using KlingConnection connection = Connect(handler, clock, 0.2, journal);
        Task<KlingTask>[] all = Submit(connection, 4, Token);
        await VirtualTime.MoveAsync(clock, Task.WhenAll(all), TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(all);
        DateTimeOffset[] intents = [.. journal.Intents.Order()];
        Assert.Equal(4, intents.Length);
        double[] ahead = [.. intents.Zip(handler.Seen, (intent, sent) => (sent.At - intent).TotalSeconds)];
        Assert.All(ahead, seconds => Assert.InRange(seconds, 0, 1.01));
    }

    [Fact]
    public async Task Who_is_cancelled_before_the_turn_is_near_leaves_no_intent()
    {
        FakeTimeProvider clock = Given.Clock();
        ScriptedHandler handler = new(clock, Created);
        SlowJournal journal = new(clock);
        journal.Go();
        using KlingConnection connection = Connect(handler, clock, 0.2, journal);
        using CancellationTokenSource cancelled = new();
        KlingClient client = new(connection);
        await client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), Token);
        Task<KlingTask> waiting = client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), cancelled.Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((1, 1), (journal.Intents.Count, handler.Seen.Count));
    }

    [Fact]
    public async Task A_pause_beyond_the_request_timeout_ends_a_query_at_once_with_what_the_service_asked_for()
    {
        using VirtualCall call = new(Down, Created);

        KlingException error = await call.FailAsync(call.GetAsync(), limitSeconds: 0);

        Assert.Equal(("ServiceUnavailable", 503, 1), (error.ErrorId, error.HttpStatus, call.Handler.Seen.Count));
        Assert.Contains("of 31536000 s, but the command had only 100 s left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_service_wants_a_year_of_peace_every_later_command_is_told_so_at_once_and_sends_nothing()
    {
        using VirtualCall call = new(Down, Created);
        await call.FailAsync(call.GetAsync(), limitSeconds: 0);

        KlingException query = await call.FailAsync(call.GetAsync(), limitSeconds: 0);
        KlingException paid = await call.FailAsync(call.SubmitAsync(queueSeconds: 2), limitSeconds: 0);

        Assert.Equal(("ServiceUnavailable", "ServiceUnavailable"), (query.ErrorId, paid.ErrorId));
        Assert.Equal((SubmissionOutcome.NotSent, 1), (paid.Submission, call.Handler.Seen.Count));
        Assert.Contains("but the command had only 2 s left", paid.Message, StringComparison.Ordinal);
        Assert.Empty(call.Connection.Journal.Unsettled());
    }

    [Fact]
    public async Task Who_waits_for_a_turn_when_the_pause_comes_is_told_at_once_when_there_is_no_time_for_it()
    {
        using VirtualCall call = new(settings => settings with { MaxRequestsPerSec = 0.5 }, Down);
        Task<KlingTask> query = call.GetAsync();
        Task<KlingTask> paid = call.SubmitAsync(queueSeconds: 2);

        await call.FailAsync(query, limitSeconds: 0);
        KlingException error = await call.FailAsync(paid, limitSeconds: 0);

        Assert.Equal(("ServiceUnavailable", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(91, 2)]
    public async Task A_pause_asked_of_a_submission_is_kept_within_its_time_and_an_error_at_once_beyond(
        int queueSeconds,
        int requests)
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.TooFast, ("Retry-After", "90")));

        KlingException error = await call.FailAsync(call.SubmitAsync(queueSeconds: queueSeconds));

        Assert.Equal(("RateLimited", SubmissionOutcome.NotCreated), (error.ErrorId, error.Submission));
        Assert.Equal("1302", error.ServiceCode);
        Assert.Contains("asked for a pause of 90 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(requests, call.Handler.Seen.Count);
    }

    [Fact]
    public async Task A_full_account_that_asks_for_a_pause_beyond_the_queue_time_says_so()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(429, Bodies.NoSlot, ("Retry-After", "90")));

        KlingException error = await call.FailAsync(call.SubmitAsync(queueSeconds: 60), limitSeconds: 0);

        Assert.Equal(("ConcurrencyLimited", SubmissionOutcome.NotCreated), (error.ErrorId, error.Submission));
        Assert.Contains("a pause of 90 s, but the command had only 60 s left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_of_a_request_says_how_long_it_waited_for_its_turn()
    {
        using VirtualCall call = new(settings => settings with { MaxRequestsPerSec = 0.25 }, Created);
        TraceList trace = new();
        KlingClient client = new(call.Connection, trace);
        KlingTask task = await client.SubmitAsync(Given.Video, TimeSpan.Zero, Token);

        await call.EndAsync(client.GetAsync(task.TaskId, KlingTaskKind.TextToVideo, Token));

        Assert.DoesNotContain("waiting", $"{trace.Requests.First()}", StringComparison.Ordinal);
        string line = $"{trace.Requests.Last()}";
        Assert.Contains("HTTP 200 in 0 ms after waiting 4000 ms for its turn", line, StringComparison.Ordinal);
        TraceList.SaidWait said = Assert.Single(trace.Waits);
        Assert.Equal((4, true), (said.Length.TotalSeconds, said.IsOver));
    }

    [Fact]
    public async Task Who_waits_for_a_slot_behind_others_says_so()
    {
        ScriptedHandler.Step full = ScriptedHandler.Answer(429, Bodies.NoSlot);
        using VirtualCall call = new(full, full, Created);
        TraceList trace = new();
        Task<KlingTask> first = call.SubmitAsync();
        KlingClient client = new(call.Connection, trace);
        Task<KlingTask> second = client.SubmitAsync(Given.Video, TimeSpan.FromSeconds(50), Token);

        TraceList.SaidWait said = Assert.Single(trace.Waits);
        Assert.Equal((50, false), (said.Length.TotalSeconds, said.IsOver));
        Assert.Contains("every slot of the account is in use", said.Reason, StringComparison.Ordinal);
        await call.EndAsync(first);
        await call.EndAsync(second);
        Assert.True(said.IsOver);
    }

    private static Task<KlingTask>[] Submit(KlingConnection connection, int count, CancellationToken token)
    {
        KlingClient client = new(connection);
        TimeSpan hour = TimeSpan.FromHours(1);
        return [.. Enumerable.Range(0, count).Select(_ => client.SubmitAsync(Given.Video, hour, token))];
    }

    private static KlingConnection Connect(
        HttpMessageHandler handler,
        TimeProvider clock,
        double perSecond,
        IJournalStore journal)
    {
        Uri address = new("https://api.test/kling/");
        ConnectionSettings settings = new() { BaseUri = address, MaxRequestsPerSec = perSecond };
        return new KlingConnection(settings, Given.ApiKey(), clock, handler, new TaskJournal(journal, clock));
    }

    /// <summary>A journal that stands still until it is let go.</summary>
    private sealed class SlowJournal(TimeProvider time) : MemoryJournalStore
    {
        private readonly TaskCompletionSource _go = new();
        private readonly List<DateTimeOffset> _intents = [];

        internal int FirstStand { get; private set; }

        internal IReadOnlyList<DateTimeOffset> Intents
        {
            get
            {
                lock (_intents)
                {
                    return [.. _intents];
                }
            }
        }

        internal void Go()
        {
            FirstStand = Intents.Count;
            _go.SetResult();
        }

        public override async Task AppendAsync(Func<byte[]> lines, bool flush, CancellationToken cancellationToken)
        {
            byte[] made = lines();
            if (JournalEntry.Parse(made.AsSpan(0, made.Length - 1), out _)!.Event == JournalEvent.Intent)
            {
                lock (_intents)
                {
                    _intents.Add(time.GetUtcNow());
                }
            }

            await _go.Task.WaitAsync(cancellationToken);
            await base.AppendAsync(() => made, flush, cancellationToken);
        }
    }
}
