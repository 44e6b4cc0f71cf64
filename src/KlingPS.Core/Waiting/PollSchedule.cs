namespace KlingPS.Waiting;

/// <summary>
/// The pauses of one wait: fixed, or as a <see cref="DurationModel"/> for each kind says, corrected as the set is seen
/// to end.
/// </summary>
/// <remarks>A tenth at most is random, so that tasks submitted together do not return together.</remarks>
/// <param name="fixedInterval">Between any two polls; null to adapt.</param>
/// <param name="priorOf">What is believed of a kind before the set has shown anything.</param>
internal sealed class PollSchedule(TimeSpan? fixedInterval, Func<KlingTaskKind, DurationModel> priorOf)
{
    private const double Jitter = 0.1;
    private static readonly TimeSpan LongestAfterFailure = TimeSpan.FromSeconds(30);

    private readonly Dictionary<KlingTaskKind, KindPace> _kinds = [];

    /// <summary>True when each pause is the same, whatever was seen.</summary>
    internal bool IsFixed => fixedInterval is not null;

    /// <param name="random">0 to 1.</param>
    internal TimeSpan Next(KlingTaskKind kind, TimeSpan age, double random) =>
        fixedInterval ?? Scale(PaceOf(kind).Model.Pause(age), 1 + (Jitter * ((2 * random) - 1)));

    /// <summary>After polls that failed in a row: doubling, so that a service in trouble is left in peace.</summary>
    internal TimeSpan AfterFailure(KlingTaskKind kind, int failures, TimeSpan age, double random)
    {
        double seconds = Math.Min(Math.Pow(2, Math.Min(failures - 1, 10)), LongestAfterFailure.TotalSeconds);
        TimeSpan pause = TimeSpan.FromSeconds(seconds * (1 - (2 * Jitter * random)));
        TimeSpan usual = Next(kind, age, random);
        return pause > usual ? pause : usual;
    }

    /// <summary>
    /// How long tasks take in the median as the set has shown it, of the kinds of which some ended while it looked.
    /// </summary>
    /// <remarks>A look at tasks that ended long ago shows nothing new, however often it is repeated.</remarks>
    internal IEnumerable<(KlingTaskKind Kind, TimeSpan Median, int Ended)> Shown() =>
        _kinds.Where(kind => kind.Value.Watched > 0).Select(
            kind => (kind.Key, kind.Value.Median(), kind.Value.Watched));

    /// <summary>How long a task of a kind is expected to take.</summary>
    internal TimeSpan Median(KlingTaskKind kind) => PaceOf(kind).Median();

    /// <summary>Learns from an answer.</summary>
    internal void Saw(WaitedTask task, TimeSpan age)
    {
        KlingTask seen = task.Last;
        KindPace pace = PaceOf(seen.Kind);
        if (!seen.IsCompleted)
        {
            pace.Learn(sample => sample.ObservePending(age, task.LastPendingAge));
            task.LastPendingAge = age;
        }
        else if (seen.Status == KlingTaskStatus.Succeeded)
        {
            // The service's timestamps, as far as they agree with what we observed.
            TimeSpan atLeast = task.LastPendingAge ?? TimeSpan.Zero;
            TimeSpan took = seen.Elapsed < atLeast ? atLeast : seen.Elapsed > age ? age : seen.Elapsed;
            pace.Learn(sample => sample.SawEnd(took, task.LastPendingAge));
            pace.Watched += task.LastPendingAge is null ? 0 : 1;
        }
        else
        {
            Forget(task);
        }
    }

    /// <summary>Learns nothing more from a task.</summary>
    internal void Forget(WaitedTask task) => PaceOf(task.Last.Kind).Learn(sample => sample.Forget(task.LastPendingAge));

    private static TimeSpan Scale(TimeSpan pause, double factor) => TimeSpan.FromTicks((long)(pause.Ticks * factor));

    private KindPace PaceOf(KlingTaskKind kind)
    {
        if (!_kinds.TryGetValue(kind, out KindPace? pace))
        {
            _kinds.Add(kind, pace = new KindPace(priorOf(kind)));
        }

        return pace;
    }

    private sealed class KindPace(DurationModel prior)
    {
        // Rebuilding the model only when this share of the sample has changed bounds its cost per poll.
        private const int SharesOfSample = 16;
        private const int LeastNews = 4;

        private readonly DurationSample _sample = new();
        private int _news;

        internal DurationModel Model { get; private set; } = prior;

        /// <summary>Tasks that were seen open and then ended.</summary>
        internal int Watched { get; set; }

        internal TimeSpan Median() => TimeSpan.FromSeconds(Model.CorrectedBy(_sample).Median);

        internal void Learn(Action<DurationSample> look)
        {
            look(_sample);
            _news++;
            if (_news >= Math.Max(LeastNews, (_sample.Ended + _sample.Open) / SharesOfSample))
            {
                _news = 0;
                Model = Model.CorrectedBy(_sample);
            }
        }
    }
}
