namespace KlingPS.Core.Tests.Transport;

/// <summary>The bound on all requests of a connection, on a clock the test moves.</summary>
public sealed class RateLimiterTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = Given.Clock();
    private readonly List<TimeSpan> _starts = [];
    private readonly List<RateLimitLease> _turns = [];
    private TimeSpan _answerTime;

    private TimeSpan Now => _clock.GetUtcNow() - Given.Start;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 20)]
    [InlineData(20, 100)]
    public async Task Never_more_than_the_bound_start_within_any_second(int perSecond, int requests)
    {
        RateLimiter limiter = new(perSecond, _clock);
        Task all = Start(limiter, requests);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal(requests, _starts.Count);
        AssertNeverMoreThan(perSecond);
    }

    [Fact]
    public async Task The_first_requests_start_at_once_and_the_others_as_early_as_allowed()
    {
        RateLimiter limiter = new(2, _clock);
        Task all = Start(limiter, 5);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal([0, 0, 1, 1, 2], _starts.Select(start => start.TotalSeconds));
    }

    [Fact]
    public async Task Half_a_request_a_second_is_one_in_two_seconds()
    {
        RateLimiter limiter = new(0.5, _clock);
        Task all = Start(limiter, 3);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal([0, 2, 4], _starts.Select(start => start.TotalSeconds));
    }

    [Fact]
    public void Without_a_bound_every_request_starts_at_once()
    {
        RateLimiter limiter = new(0, _clock);

        Assert.True(Start(limiter, 1000).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Rate_not_used_is_not_saved_up()
    {
        RateLimiter limiter = new(2, _clock);
        await Start(limiter, 1);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Task all = Start(limiter, 10);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        AssertNeverMoreThan(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_pause_holds_back_every_request(double perSecond)
    {
        RateLimiter limiter = new(perSecond, _clock);
        Pause(limiter, 7);
        Task all = Start(limiter, 3);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal([7, 7, 7], _starts.Select(start => start.TotalSeconds));
    }

    [Fact]
    public async Task A_pause_holds_back_also_those_who_wait_already()
    {
        RateLimiter limiter = new(1, _clock);
        Task all = Start(limiter, 2);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Pause(limiter, 10);

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal(10.5, _starts[1].TotalSeconds);
    }

    [Fact]
    public async Task After_a_pause_those_who_waited_do_not_all_start_together()
    {
        RateLimiter limiter = new(2, _clock);
        Task all = Start(limiter, 12);
        Pause(limiter, 10);

        await AdvanceAsync(all, TimeSpan.FromSeconds(60));

        Assert.Equal(12, _starts.Count);
        AssertNeverMoreThan(2);
    }

    [Fact]
    public async Task A_shorter_pause_does_not_end_a_longer_one()
    {
        RateLimiter limiter = new(0, _clock);
        Pause(limiter, 10);
        Pause(limiter, 1);

        await AdvanceAsync(Start(limiter, 1), TimeSpan.FromSeconds(30));

        Assert.Equal(10, _starts[0].TotalSeconds);
    }

    [Fact]
    public async Task A_wall_clock_set_back_holds_nothing_back()
    {
        WallClockSetBack clock = new();
        RateLimiter limiter = new(1, clock);
        await AcquireAsync(limiter, Token);
        clock.Past = TimeSpan.FromSeconds(1);

        Assert.True(AcquireAsync(limiter, Token).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_is_cancelled_while_waiting_waits_no_more()
    {
        RateLimiter limiter = new(1, _clock);
        using CancellationTokenSource cancelled = new();
        await AcquireAsync(limiter, cancelled.Token);
        Task second = AcquireAsync(limiter, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task After_a_refusal_for_their_number_they_go_on_at_half_the_rate_and_regain_it_in_ten_seconds()
    {
        RateLimiter limiter = new(20, _clock);
        await Start(limiter, 20);
        limiter.OnResponse(_turns[^1], TooMany());
        Task all = Start(limiter, 400);

        await AdvanceAsync(all, TimeSpan.FromSeconds(60));

        Assert.InRange(StartsIn(1, 2), 9, 11);
        Assert.InRange(StartsIn(6, 7), 14, 16);
        Assert.InRange(StartsIn(12, 13), 19, 20);
        AssertNeverMoreThan(20);
    }

    [Fact]
    public async Task Without_a_bound_the_rate_that_was_refused_is_halved()
    {
        RateLimiter limiter = new(0, _clock);
        await Start(limiter, 100);
        limiter.OnResponse(_turns[^1], TooMany());
        Task all = Start(limiter, 200);

        await AdvanceAsync(all, TimeSpan.FromSeconds(60));

        Assert.InRange(StartsIn(1, 2), 48, 55);
    }

    [Fact]
    public async Task Refusals_of_requests_that_were_sent_together_are_one()
    {
        RateLimiter limiter = new(0, _clock);
        await Start(limiter, 16);
        for (int i = 0; i < 16; i++)
        {
            limiter.OnResponse(_turns[i], TooMany());
        }

        Task all = Start(limiter, 40);
        await AdvanceAsync(all, TimeSpan.FromSeconds(60));

        Assert.InRange(StartsIn(1, 2), 7, 9);
    }

    [Fact]
    public async Task A_pause_the_service_asks_for_without_a_refusal_for_their_number_slows_nothing_after_it()
    {
        RateLimiter limiter = new(20, _clock);
        await Start(limiter, 20);
        Pause(limiter, 5);

        await AdvanceAsync(Start(limiter, 20), TimeSpan.FromSeconds(60));

        Assert.Equal(20, StartsIn(5, 5.9));
    }

    [Fact]
    public async Task Who_is_cancelled_while_waiting_leaves_no_hole_in_the_rate()
    {
        RateLimiter limiter = new(20, _clock);
        using CancellationTokenSource cancelled = new();
        Task[] all = [.. Enumerable.Range(0, 400).Select(_ => AcquireAsync(limiter, cancelled.Token))];
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await cancelled.CancelAsync();
        _clock.Advance(TimeSpan.FromSeconds(0.5));

        Assert.True(AcquireAsync(limiter, Token).IsCompletedSuccessfully);
        Assert.Equal((40, 360), (all.Count(wait => wait.IsCompletedSuccessfully), all.Count(wait => wait.IsCanceled)));
    }

    [Fact]
    public async Task Those_whose_turn_is_due_within_a_second_are_told_and_hold_up_nobody_while_they_prepare()
    {
        RateLimiter limiter = new(2, _clock);
        RateLimitLease[] paid =
            [.. Enumerable.Range(0, 6).Select(_ => limiter.Enqueue(TimeSpan.MaxValue, NoTrace.Instance))];
        Task[] due = [.. paid.Select(lease => lease.WaitUntilDueAsync(Token))];
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([true, true, true, true, false, false], due.Select(wait => wait.IsCompleted));

        Assert.True(AcquireAsync(limiter, Token).IsCompletedSuccessfully);
        Task first = paid[0].AcquireAsync(Token);
        paid[1].Dispose();
        Assert.True(first.IsCompletedSuccessfully);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.False(due[4].IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await Task.WhenAll(due);
        Task[] others = [.. paid[2..].Select(lease => lease.AcquireAsync(Token))];
        Assert.Equal([true, true, false, false], others.Select(wait => wait.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_pause_longer_than_the_time_of_a_command_ends_its_wait_at_once_and_no_other()
    {
        RateLimiter limiter = new(1, _clock);
        await Start(limiter, 1);
        using RateLimitLease hurried = limiter.Enqueue(TimeSpan.FromSeconds(60), NoTrace.Instance);
        using RateLimitLease patient = limiter.Enqueue(TimeSpan.FromSeconds(120), NoTrace.Instance);
        Task[] waits = [.. new[] { hurried, patient }.Select(lease => lease.AcquireAsync(Token))];

        Pause(limiter, 100);

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => waits[0]);
        Assert.Equal(("ServiceUnavailable", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Contains(
            "a pause of 100 s, but the command had only 60 s left", error.Message, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.True(waits[1].IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_pause_of_a_second_is_waited_for_by_whom_no_time_is_left()
    {
        RateLimiter limiter = new(0, _clock);
        Pause(limiter, 1);
        using RateLimitLease lease = limiter.Enqueue(TimeSpan.Zero, NoTrace.Instance);
        Task wait = lease.AcquireAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await wait;
        Assert.Equal(1, lease.Waited.TotalSeconds);
    }

    [Fact]
    public async Task A_pause_of_a_year_is_kept_by_who_has_the_time()
    {
        RateLimiter limiter = new(0, _clock);
        Pause(limiter, 31_536_000);
        Task wait = AcquireAsync(limiter, Token);
        for (int day = 0; day < 365; day++)
        {
            Assert.False(wait.IsCompleted);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        await wait;
    }

    [Fact]
    public async Task A_wait_of_more_than_a_second_is_said_with_its_reason_and_again_when_a_pause_makes_it_longer()
    {
        RateLimiter limiter = new(1, _clock);
        TraceList trace = new();
        await Start(limiter, 1);
        RateLimitLease[] turns = [.. Enumerable.Range(0, 3).Select(_ => limiter.Enqueue(TimeSpan.MaxValue, trace))];
        Task[] waits = [.. turns.Select(lease => lease.AcquireAsync(Token))];
        Assert.Equal([2, 3], trace.Waits.Select(said => said.Length.TotalSeconds));
        Assert.All(
            trace.Waits, said => Assert.Contains("other requests are ahead", said.Reason, StringComparison.Ordinal));

        Pause(limiter, 60);

        Assert.Equal([true, true], trace.Waits.Take(2).Select(said => said.IsOver));
        Assert.Equal([60, 61, 62], trace.Waits.Skip(2).Select(said => said.Length.TotalSeconds));
        Assert.All(trace.Waits.Skip(2), said => Assert.EndsWith("asked for it. Down.", said.Reason, default));
        _clock.Advance(TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(waits);
        Assert.All(trace.Waits, said => Assert.True(said.IsOver));
    }

    [Theory]
    [InlineData(20, 5, 0)]
    [InlineData(20, 12, 0)]
    [InlineData(300, 20, 0)]
    [InlineData(0, 40, 0)]
    [InlineData(300, 12, 0.4)]
    public async Task A_service_that_allows_less_than_the_bound_refuses_a_twentieth_at_most_and_is_used_to_half(
        int bound,
        int allowed,
        double answerSeconds)
    {
        _answerTime = TimeSpan.FromSeconds(answerSeconds);
        const int Requests = 600;
        int refused = await AskAsync(new RateLimiter(bound, _clock), Requests, TimeSpan.FromSeconds(600), IsRefused);

        double perSecond = _starts.Count / _starts[^1].TotalSeconds;
        TestContext.Current.TestOutputHelper!.WriteLine($"{refused} refused, {perSecond:0.0} a second.");
        Assert.InRange(refused, 1, Requests / 20);
        Assert.InRange(perSecond, allowed / 2.0, allowed);

        bool IsRefused() => _starts.Count(start => start > Now - TimeSpan.FromSeconds(1)) >= allowed;
    }

    [Theory]
    [InlineData(300, 2)]
    [InlineData(300, 10)]
    [InlineData(300, 30)]
    [InlineData(20, 5)]
    [InlineData(20, 10)]
    [InlineData(20, 30)]
    [InlineData(5, 10)]
    public async Task A_service_that_refuses_a_share_whatever_the_rate_is_used_to_half_of_the_bound(
        int bound,
        int percent)
    {
        const int Seconds = 150;
        List<double> used = [];
        for (int seed = 0; seed < 11; seed++)
        {
            Random chance = new(seed);
            int before = _starts.Count;
            RateLimiter limiter = new(bound, _clock);
            await AskAsync(limiter, int.MaxValue, TimeSpan.FromSeconds(Seconds), () => chance.Next(100) < percent);
            used.Add((_starts.Count - before) / (double)(Seconds * bound));
        }

        used.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"{used[0]:0.00} at worst, {used[5]:0.00} in the median.");
        Assert.InRange(used[5], 0.5, 1);
        Assert.InRange(used[0], 0.1, 1);
    }

    [Fact]
    public async Task A_limit_that_comes_while_a_share_is_refused_is_found_too()
    {
        RateLimiter limiter = new(100, _clock);
        await AskAsync(limiter, 3000, TimeSpan.FromSeconds(100), Every(10));
        TimeSpan since = Now;
        int refused = await AskAsync(limiter, 600, TimeSpan.FromSeconds(200), IsOverTen);

        TestContext.Current.TestOutputHelper!.WriteLine($"{refused} refused in {Now - since}.");
        Assert.InRange(refused, 1, 100);

        bool IsOverTen() => _starts.Count(start => start > Now - TimeSpan.FromSeconds(1)) >= 10;
    }

    private static KlingException TooMany() => new(KlingError.RateLimited, "Too many requests.");

    private static Func<bool> Every(int share)
    {
        int asked = 0;
        return () => ++asked % share == 0;
    }

    /// <summary>Sixteen at once ask until so many were answered, or without a number until the time is over.</summary>
    /// <returns>How many were refused.</returns>
    private async Task<int> AskAsync(RateLimiter limiter, int requests, TimeSpan limit, Func<bool> isRefused)
    {
        int left = requests;
        int refused = 0;
        using CancellationTokenSource over = new();
        Task all = Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (left > 0)
            {
                RateLimitLease lease = await AcquireAsync(limiter, over.Token).ConfigureAwait(false);
                bool isTooFast = isRefused();
                if (!isTooFast)
                {
                    _starts.Add(Now);
                }

                if (_answerTime > TimeSpan.Zero)
                {
                    await _clock.DelayAsync(_answerTime, over.Token).ConfigureAwait(false);
                }

                limiter.OnResponse(lease, isTooFast ? TooMany() : null);
                (left, refused) = isTooFast ? (left, refused + 1) : (left - 1, refused);
            }
        }));
        if (requests < int.MaxValue)
        {
            await AdvanceAsync(all, limit);
            return refused;
        }

        for (TimeSpan past = TimeSpan.Zero; past < limit; past += Tick)
        {
            _clock.Advance(Tick);
        }

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all);
        return refused;
    }

    private int StartsIn(double from, double to) =>
        _starts.Count(start => start.TotalSeconds >= from && start.TotalSeconds < to);

    private Task Start(RateLimiter limiter, int requests) =>
        Task.WhenAll(Enumerable.Range(0, requests).Select(async _ =>
        {
            _turns.Add(await AcquireAsync(limiter, Token).ConfigureAwait(false));
            _starts.Add(Now);
        }));

    private static async Task<RateLimitLease> AcquireAsync(RateLimiter limiter, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = limiter.Enqueue(TimeSpan.MaxValue, NoTrace.Instance);
        await lease.AcquireAsync(cancellationToken).ConfigureAwait(false);
        return lease;
    }

    private static void Pause(RateLimiter limiter, double seconds)
    {
        using RateLimitLease lease = limiter.Enqueue(TimeSpan.MaxValue, NoTrace.Instance);
        TimeSpan pause = TimeSpan.FromSeconds(seconds);
        limiter.OnResponse(lease, new KlingException(KlingError.ServiceUnavailable, "Down.") { RetryAfter = pause });
    }

    private async Task AdvanceAsync(Task all, TimeSpan limit)
    {
        for (TimeSpan past = TimeSpan.Zero; past < limit && !all.IsCompleted; past += Tick)
        {
            _clock.Advance(Tick);
        }

        Assert.True(all.IsCompleted, $"Some requests never started; {_starts.Count} did.");
        await all;
    }

    private void AssertNeverMoreThan(int perSecond)
    {
        for (int i = 0; i + perSecond < _starts.Count; i++)
        {
            TimeSpan apart = _starts[i + perSecond] - _starts[i];
            Assert.True(apart >= TimeSpan.FromSeconds(1), $"{perSecond + 1} starts within {apart} from {_starts[i]}.");
        }
    }

    private sealed class WallClockSetBack : TimeProvider
    {
        internal TimeSpan Past { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Past.Ticks;

        public override DateTimeOffset GetUtcNow() => Given.Start - Past;
    }
}
