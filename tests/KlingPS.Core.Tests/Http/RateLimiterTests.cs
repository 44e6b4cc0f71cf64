using KlingPS.Core.Tests.Support;
using KlingPS.Http;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Http;

/// <summary>The bound on all requests of a connection, on a clock the test moves.</summary>
public sealed class RateLimiterTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = Given.Clock();
    private readonly List<TimeSpan> _starts = [];

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
        limiter.Pause(TimeSpan.FromSeconds(7));
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
        limiter.Pause(TimeSpan.FromSeconds(10));

        await AdvanceAsync(all, TimeSpan.FromSeconds(30));

        Assert.Equal(10.5, _starts[1].TotalSeconds);
    }

    [Fact]
    public async Task After_a_pause_those_who_waited_do_not_all_start_together()
    {
        RateLimiter limiter = new(2, _clock);
        Task all = Start(limiter, 12);
        limiter.Pause(TimeSpan.FromSeconds(10));

        await AdvanceAsync(all, TimeSpan.FromSeconds(60));

        Assert.Equal(12, _starts.Count);
        AssertNeverMoreThan(2);
    }

    [Fact]
    public async Task A_shorter_pause_does_not_end_a_longer_one()
    {
        RateLimiter limiter = new(0, _clock);
        limiter.Pause(TimeSpan.FromSeconds(10));
        limiter.Pause(TimeSpan.FromSeconds(1));

        await AdvanceAsync(Start(limiter, 1), TimeSpan.FromSeconds(30));

        Assert.Equal(10, _starts[0].TotalSeconds);
    }

    [Fact]
    public async Task A_wall_clock_set_back_holds_nothing_back()
    {
        WallClockSetBack clock = new();
        RateLimiter limiter = new(1, clock);
        await limiter.AcquireAsync(TestContext.Current.CancellationToken);
        clock.Past = TimeSpan.FromSeconds(1);

        Assert.True(limiter.AcquireAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_is_cancelled_while_waiting_waits_no_more()
    {
        RateLimiter limiter = new(1, _clock);
        using CancellationTokenSource cancelled = new();
        await limiter.AcquireAsync(cancelled.Token);
        Task second = limiter.AcquireAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task After_a_refusal_for_their_number_requests_go_on_at_half_the_rate_and_regain_all_of_it_in_ten_seconds()
    {
        RateLimiter limiter = new(20, _clock);
        await Start(limiter, 20);
        limiter.OnResponse(TooMany());
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
        limiter.OnResponse(TooMany());
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
            limiter.OnResponse(TooMany());
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
        limiter.OnResponse(new KlingException(KlingError.ServiceUnavailable, "Down.") { RetryAfter = TimeSpan.FromSeconds(5) });

        await AdvanceAsync(Start(limiter, 20), TimeSpan.FromSeconds(60));

        Assert.Equal(20, StartsIn(5, 5.9));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    public async Task A_service_that_allows_less_than_the_bound_refuses_one_in_twenty_at_most_and_is_used_to_more_than_half(int allowed)
    {
        const int Requests = 600;
        RateLimiter limiter = new(20, _clock);
        int left = Requests;
        int refused = 0;
        Task all = Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (left-- > 0)
            {
                await AskAsync().ConfigureAwait(false);
            }
        }));

        await AdvanceAsync(all, TimeSpan.FromSeconds(600));

        Assert.Equal(Requests, _starts.Count);
        TestContext.Current.TestOutputHelper!.WriteLine($"{refused} refused, {Requests / _starts[^1].TotalSeconds:0.0} a second.");
        Assert.InRange(refused, 1, Requests / 20);
        Assert.InRange(Requests / _starts[^1].TotalSeconds, allowed / 2.0, allowed);

        async Task AskAsync()
        {
            for (bool isRefused = true; isRefused;)
            {
                await limiter.AcquireAsync(TestContext.Current.CancellationToken).ConfigureAwait(false);
                TimeSpan now = _clock.GetUtcNow() - Given.Start;
                isRefused = _starts.Count(start => start > now - TimeSpan.FromSeconds(1)) >= allowed;
                if (isRefused)
                {
                    refused++;
                    limiter.OnResponse(TooMany());
                }
                else
                {
                    _starts.Add(now);
                }
            }
        }
    }

    private static KlingException TooMany() => new(KlingError.RateLimited, "Too many requests.");

    private int StartsIn(double from, double to) =>
        _starts.Count(start => start.TotalSeconds >= from && start.TotalSeconds < to);

    private Task Start(RateLimiter limiter, int requests) =>
        Task.WhenAll(Enumerable.Range(0, requests).Select(async _ =>
        {
            await limiter.AcquireAsync(TestContext.Current.CancellationToken).ConfigureAwait(false);
            _starts.Add(_clock.GetUtcNow() - Given.Start);
        }));

    private async Task AdvanceAsync(Task all, TimeSpan limit)
    {
        for (TimeSpan past = TimeSpan.Zero; past < limit && !all.IsCompleted; past += Tick)
        {
            _clock.Advance(Tick);
        }

        Assert.True(all.IsCompleted, "Some requests never started.");
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
