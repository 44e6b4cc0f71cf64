namespace KlingPS.Waiting;

/// <summary>
/// When to ask about a task: what is believed of how long tasks take, as a lognormal distribution, and the pauses that
/// see an end soonest for the number of requests. Immutable; what a set has seen makes a new one.
/// </summary>
/// <remarks>
/// <para>Of all schedules with the same mean delay, that with a pause in proportion to 1/√hazard asks least: with a
/// pause i(t) a task that lives to t costs 1/i(t) requests a second, and an end at t is seen i(t)/2 late. So few
/// questions come before an end is likely, most around the usual duration, and ever fewer to a straggler. The factor is
/// chosen so that the mean delay is <see cref="Aim"/>, or a share of the median where that is less.</para>
/// <para>The prior median comes from the kind of task. It is off by a factor of e^0.45 or less in two of three cases;
/// that doubt widens the distribution until the ended tasks, and the ages of those still open, have settled it. The
/// reasoning in full, and what a simulation measured, is in docs/performance.md.</para>
/// </remarks>
internal sealed class DurationModel
{
    /// <summary>No pause is shorter, in seconds.</summary>
    internal const double Shortest = 0.2;

    /// <summary>No pause is longer, in seconds: a task that fails early is not left unseen for longer.</summary>
    internal const double Longest = 60;

    /// <summary>
    /// The mean delay aimed at, in seconds; a little less comes out, because no pause is longer than its bounds.
    /// </summary>
    internal const double Aim = 4.5;

    // If that is less, this share of the median.
    private const double AimShare = 0.035;

    // No pause is longer than this share of the expected duration, or of the age if that is longer,
    // so that a task much quicker than the others is still noticed in time.
    private const double LongestShare = 0.18;

    // Standard deviations of log(duration): between tasks of one kind, and of our prior for a kind.
    private const double Spread = 0.45;
    private const double Doubt = 0.45;

    // Evidence is capped: no real distribution is lognormal to its last percent.
    private const double MostEvidence = 3000;

    private readonly double _expected;
    private readonly double _logMedian;
    private readonly double _spread;
    private readonly double _step;

    private DurationModel(double expected, double logMedian, double variance)
    {
        _expected = expected;
        _logMedian = logMedian;
        _spread = Math.Sqrt((Spread * Spread) + variance);
        _step = 2 * Math.Min(Aim, AimShare * Median) / MeanRoot();
    }

    /// <summary>Half of the tasks take less, in seconds.</summary>
    internal double Median => Math.Exp(_logMedian);

    /// <summary>What is believed before anything was seen.</summary>
    internal static DurationModel Expecting(TimeSpan expected)
    {
        double seconds = Math.Max(expected.TotalSeconds, Shortest);
        return new DurationModel(seconds, Math.Log(seconds), Doubt * Doubt);
    }

    /// <summary>
    /// The same expectation, corrected by what has been seen: the most probable median and the doubt left.
    /// </summary>
    internal DurationModel CorrectedBy(DurationSample seen)
    {
        double prior = Math.Log(_expected);
        double median = prior;
        double weight = Math.Min(1, MostEvidence / Math.Max(seen.Ended + seen.Open, 1));
        double information = 0;
        // Newton's method on a concave likelihood; a few steps give three digits.
        for (int i = 0; i < 12; i++)
        {
            (double slope, double curvature) = seen.Likelihood(median, Spread);
            slope = (weight * slope) + ((prior - median) / (Doubt * Doubt));
            information = (weight * curvature) + (1 / (Doubt * Doubt));
            median += slope / information;
            if (Math.Abs(slope / information) < 0.001)
            {
                break;
            }
        }

        return new DurationModel(_expected, median, 1 / information);
    }

    /// <summary>
    /// How long to leave alone a task that is open at this age, between <see cref="Shortest"/> and <see
    /// cref="Longest"/>.
    /// </summary>
    internal TimeSpan Pause(TimeSpan age)
    {
        double start = Math.Max(age.TotalSeconds, 0);
        double limit = Math.Max(Shortest, Math.Min(Longest, LongestShare * Math.Max(_expected, start)));
        double pause = 0;
        // Integrates √hazard until one poll's share has accumulated.
        for (double gone = 0; pause < limit;)
        {
            double step = Math.Min(Math.Max(0.15 * pause, Shortest / 2), 2);
            double root = Math.Sqrt(Hazard(start + pause + (step / 2)));
            if (gone + (root * step) >= _step)
            {
                pause += (_step - gone) / root;
                break;
            }

            gone += root * step;
            pause += step;
        }

        return TimeSpan.FromSeconds(Math.Min(Math.Max(pause, Shortest), limit));
    }

    /// <summary>The share of the tasks still open at this age that end within the next second.</summary>
    internal double Hazard(double seconds) =>
        NormalTail.Hazard((Math.Log(seconds) - _logMedian) / _spread) / (_spread * seconds);

    // Mean of √hazard over a task's life, which the polls divide among them.
    private double MeanRoot()
    {
        const double Width = 0.2;
        double sum = 0;
        for (double z = -5 + (Width / 2); z < 5; z += Width)
        {
            double density = NormalTail.Density(z);
            sum += Width * Math.Sqrt(density * density / NormalTail.Hazard(z) * Math.Exp(_spread * z));
        }

        return sum * Math.Sqrt(_spread * Median);
    }
}

/// <summary>
/// What one set has seen of the durations of its tasks: how long the ended ones took, and how old the open ones are.
/// </summary>
/// <remarks>Ages are kept in steps of a tenth, so that a look at the whole costs the same for ten tasks as for ten
/// thousand.</remarks>
internal sealed class DurationSample
{
    private const int Steps = 160;
    private const double Least = 0.1;
    private static readonly double StepWidth = Math.Log(1.1);

    private readonly int[] _open = new int[Steps];
    private double _sumOfLogs;

    /// <summary>Tasks that ended.</summary>
    internal int Ended { get; private set; }

    /// <summary>Tasks that were open when last heard of.</summary>
    internal int Open { get; private set; }

    /// <summary>A task was open at this age.</summary>
    /// <param name="before">Its age when it was last seen open, if it was.</param>
    internal void ObservePending(TimeSpan age, TimeSpan? before)
    {
        Forget(before);
        _open[StepOf(age)]++;
        Open++;
    }

    /// <summary>A task ended with a video after this time.</summary>
    /// <param name="before">Its age when it was last seen open, if it was.</param>
    internal void SawEnd(TimeSpan duration, TimeSpan? before)
    {
        Forget(before);
        Ended++;
        _sumOfLogs += Math.Log(Math.Max(duration.TotalSeconds, Least));
    }

    /// <summary>
    /// A task is out of the sample: it failed, which says nothing of how long the others take, or it was given up.
    /// </summary>
    internal void Forget(TimeSpan? before)
    {
        if (before is { } age)
        {
            _open[StepOf(age)]--;
            Open--;
        }
    }

    /// <summary>First and (negative) second derivative of the log-likelihood by the logarithm of the median.</summary>
    internal (double Slope, double Curvature) Likelihood(double logMedian, double spread)
    {
        double slope = (_sumOfLogs - (Ended * logMedian)) / spread;
        double curvature = Ended;
        for (int i = 0; i < Steps; i++)
        {
            if (_open[i] > 0)
            {
                double z = (Math.Log(Least) + ((i + 0.5) * StepWidth) - logMedian) / spread;
                double hazard = NormalTail.Hazard(z);
                slope += _open[i] * hazard;
                curvature += _open[i] * hazard * (hazard - z);
            }
        }

        return (slope / spread, curvature / (spread * spread));
    }

    private static int StepOf(TimeSpan age) =>
        Math.Min((int)(Math.Log(Math.Max(age.TotalSeconds, Least) / Least) / StepWidth), Steps - 1);
}

/// <summary>The standard normal distribution, as far as durations need it.</summary>
internal static class NormalTail
{
    private const double RootOfTwoPi = 2.5066282746310002;

    internal static double Density(double z) => Math.Exp(-z * z / 2) / RootOfTwoPi;

    /// <summary>Density over the share beyond; to seven digits for any number.</summary>
    internal static double Hazard(double z)
    {
        double ratio = MillsRatio(Math.Abs(z));
        if (z >= 0)
        {
            return 1 / ratio;
        }

        double density = Density(z);
        return density / (1 - (density * ratio));
    }

    // Mills ratio for z >= 0: erfc after Numerical Recipes without its factor e^(-x²), which would
    // lead to 0/0 in the far tail.
    private static double MillsRatio(double z)
    {
        double t = 1 / (1 + (z / (2 * Math.Sqrt(2))));
        double exponent = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (
                t * (
                    0.27886807 + (
                        t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        return t * Math.Exp(exponent) * RootOfTwoPi / 2;
    }
}
