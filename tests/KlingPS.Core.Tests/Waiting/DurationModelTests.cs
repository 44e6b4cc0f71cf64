namespace KlingPS.Core.Tests.Waiting;

/// <summary>What is believed of durations, and the pauses that follow from it.</summary>
public sealed class DurationModelTests
{
    private static readonly DurationModel Usual = DurationModel.Expecting(TimeSpan.FromSeconds(230));

    public static TheoryData<double> Expectations => [0, 0.5, 2, 30, 230, 3600];

    [Theory]
    [MemberData(nameof(Expectations))]
    public void Every_pause_lies_between_the_bounds(double expected)
    {
        DurationModel model = DurationModel.Expecting(TimeSpan.FromSeconds(expected));

        Assert.All(Ages(), age => Assert.InRange(Pause(model, age), DurationModel.Shortest, DurationModel.Longest));
    }

    [Fact]
    public void Pauses_shrink_until_an_end_is_likeliest_and_grow_for_a_straggler()
    {
        double[] pauses = [.. Ages().Select(age => Pause(Usual, age))];
        int least = Array.IndexOf(pauses, pauses.Min());

        Assert.InRange(Ages().ElementAt(least), 150, 600);
        Assert.All(
            pauses.Take(least).Zip(pauses.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 0.05, $"{pair}"));
        Assert.All(
            pauses.Skip(least).Zip(pauses.Skip(least + 1)),
            pair => Assert.True(pair.Second >= pair.First - 0.05, $"{pair}"));
    }

    [Fact]
    public void Polls_are_rare_before_an_end_is_likely() =>
        Assert.True(Pause(Usual, 0) > 4 * Pause(Usual, 230), $"{Pause(Usual, 0)} s, {Pause(Usual, 230)} s");

    [Theory]
    [InlineData(0.01)]
    [InlineData(20)]
    [InlineData(115)]
    [InlineData(460)]
    [InlineData(5000)]
    public void Ended_tasks_correct_a_wrong_expectation(double seconds)
    {
        DurationSample seen = new();
        for (int i = 0; i < 100; i++)
        {
            seen.SawEnd(TimeSpan.FromSeconds(seconds), null);
        }

        Assert.InRange(Usual.CorrectedBy(seen).Median / Math.Max(seconds, 0.1), 0.85, 1.15);
    }

    [Fact]
    public void Open_tasks_older_than_expected_raise_the_expectation_before_anything_has_ended()
    {
        DurationSample seen = new();
        for (int i = 0; i < 100; i++)
        {
            seen.ObservePending(TimeSpan.FromSeconds(300), null);
        }

        Assert.InRange(Usual.CorrectedBy(seen).Median, 400, 900);
    }

    [Fact]
    public void Open_tasks_too_young_to_end_change_nothing()
    {
        DurationSample seen = new();
        seen.ObservePending(TimeSpan.FromSeconds(10), null);

        Assert.Equal(230, Usual.CorrectedBy(seen).Median, 3);
    }

    [Fact]
    public void Ends_seen_early_in_a_large_set_do_not_make_all_tasks_short()
    {
        // The twentieth part of a set with the usual median has ended; the open ones speak for the others.
        DurationSample seen = new();
        for (int i = 0; i < 1000; i++)
        {
            double duration = 230 * Math.Exp(0.45 * Quantile(i / 1000.0));
            if (duration < 110)
            {
                seen.SawEnd(TimeSpan.FromSeconds(duration), null);
            }
            else
            {
                seen.ObservePending(TimeSpan.FromSeconds(110), null);
            }
        }

        Assert.InRange(seen.Ended, 40, 60);
        Assert.InRange(Usual.CorrectedBy(seen).Median, 210, 250);
    }

    [Fact]
    public void A_task_seen_again_counts_once()
    {
        DurationSample seen = new();
        seen.ObservePending(TimeSpan.FromSeconds(10), null);
        seen.ObservePending(TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(10));
        seen.SawEnd(TimeSpan.FromSeconds(230), TimeSpan.FromSeconds(200));

        Assert.Equal((0, 1), (seen.Open, seen.Ended));
    }

    [Fact]
    public void A_failed_or_given_up_task_leaves_the_sample()
    {
        DurationSample seen = new();
        seen.ObservePending(TimeSpan.FromSeconds(10), null);
        seen.Forget(TimeSpan.FromSeconds(10));
        seen.Forget(null);

        Assert.Equal((0, 0), (seen.Open, seen.Ended));
    }

    [Theory]
    [InlineData(0, 0.7978845608)]
    [InlineData(1, 1.5251352761)]
    [InlineData(-1, 0.2875999709)]
    [InlineData(-5, 0.0000014867)]
    [InlineData(6, 6.1584826)]
    public void The_hazard_of_the_normal_distribution_is_right_to_six_digits(double z, double hazard) =>
        Assert.Equal(1, NormalTail.Hazard(z) / hazard, 4);

    [Theory]
    [InlineData(50)]
    [InlineData(-50)]
    public void The_hazard_far_out_is_a_number(double z) => Assert.InRange(NormalTail.Hazard(z), 0, 51);

    private static IEnumerable<double> Ages() =>
        Enumerable.Range(0, 60).Select(i => i == 0 ? 0 : 0.1 * Math.Pow(1.25, i));

    private static double Pause(DurationModel model, double age) => model.Pause(TimeSpan.FromSeconds(age)).TotalSeconds;

    // By halving: only a test needs it.
    private static double Quantile(double share)
    {
        double low = -6, high = 6;
        for (int i = 0; i < 60; i++)
        {
            double z = (low + high) / 2;
            double below = 1 - (NormalTail.Density(z) / NormalTail.Hazard(z));
            (low, high) = below < share ? (z, high) : (low, z);
        }

        return low;
    }
}
