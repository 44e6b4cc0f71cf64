namespace KlingPS.Waiting;

/// <summary>What one set has seen of the durations of its tasks: how long the ended ones took, and how old the open ones are.</summary>
/// <remarks>Ages are kept in steps of a tenth, so that a look at the whole costs the same for ten tasks as for ten thousand.</remarks>
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
    /// <param name="age">Now.</param>
    /// <param name="before">Its age when it was last seen open, if it was.</param>
    internal void ObservePending(TimeSpan age, TimeSpan? before)
    {
        Forget(before);
        _open[StepOf(age)]++;
        Open++;
    }

    /// <summary>A task ended with a video after this time.</summary>
    /// <param name="duration">From creation to end.</param>
    /// <param name="before">Its age when it was last seen open, if it was.</param>
    internal void SawEnd(TimeSpan duration, TimeSpan? before)
    {
        Forget(before);
        Ended++;
        _sumOfLogs += Math.Log(Math.Max(duration.TotalSeconds, Least));
    }

    /// <summary>A task is out of the sample: it failed, which says nothing of how long the others take, or it was given up.</summary>
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
