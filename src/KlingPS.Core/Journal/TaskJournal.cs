using KlingPS.Http;

namespace KlingPS.Journal;

/// <summary>
/// The memory of what this machine paid for: an intent on disk before a paid POST is sent, and its outcome before anyone sees
/// it; and of how long tasks took. Safe from any thread, and with any number of processes on one file.
/// </summary>
internal sealed class TaskJournal
{
    // Reads may trail the write at the service by seconds.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    // The tasks of one wait met the same service at the same hour: a thousand of them are not a thousand witnesses.
    private const int MostOfOneWait = 10;

    // The end of the file that completion looks at: about a hundred tasks, in no time.
    private const int EndBytes = 64 * 1024;

    private readonly IJournalStore _store;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private JournalIndex _index = new();
    private long _position;
    private int _damageTold;

    internal TaskJournal(IJournalStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Writes that a POST is about to be sent.</summary>
    /// <exception cref="KlingException">JournalNotWritable: then nothing may be sent.</exception>
    internal async Task<JournalEntry> BeginAsync(SubmitRequest request, string host, string account, CancellationToken cancellationToken)
    {
        ExtensionRequest? extension = request as ExtensionRequest;
        JournalEntry intent = new()
        {
            Step = JournalStep.Intent,
            SubmissionId = Guid.NewGuid().ToString("N"),
            At = _time.GetUtcNow(),
            Kind = request.Kind,
            Host = host,
            Account = account,
            ParentTaskId = extension?.TaskId,
            ParentVideoId = extension?.VideoId,
            ExternalTaskId = request.ExternalId,
            Process = ProcessMark.Current,
        };
        await _store.AppendAsync(JournalFormat.Write(intent), cancellationToken).ConfigureAwait(false);
        return intent;
    }

    /// <summary>Writes what became of it. Not to be cancelled: the answer is there.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task EndAsync(JournalEntry intent, JournalStep step, string? taskId = null, string? error = null)
    {
        JournalEntry answer = intent with { Step = step, At = _time.GetUtcNow(), TaskId = taskId, Error = error, Process = null };
        return _store.AppendAsync(JournalFormat.Write(answer), CancellationToken.None);
    }

    /// <summary>Writes how long tasks of a kind take, as a wait saw it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="kind">Of the tasks.</param>
    /// <param name="took">In the median.</param>
    /// <param name="count">Of how many that ended.</param>
    /// <param name="cancellationToken">Ends the waiting for another process that writes.</param>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task ObserveAsync(string host, KlingTaskKind kind, TimeSpan took, int count, CancellationToken cancellationToken)
    {
        JournalEntry entry = new()
        {
            Step = JournalStep.Observed,
            SubmissionId = Guid.NewGuid().ToString("N"),
            At = _time.GetUtcNow(),
            Kind = kind,
            Host = host,
            Took = took,
            Count = count,
        };
        return _store.AppendAsync(JournalFormat.Write(entry), cancellationToken);
    }

    /// <summary>How long a task of a kind takes in the median: what is believed without a journal, corrected by its last observations.</summary>
    /// <remarks>Of the logarithms, weighed by the number of tasks up to ten; the belief weighs as one.</remarks>
    internal TimeSpan Expect(string host, KlingTaskKind kind, TimeSpan believed) => Read(index =>
    {
        double sum = Math.Log(Math.Max(believed.TotalSeconds, 0.1));
        double weight = 1;
        foreach (JournalEntry seen in index.Observed(host, kind))
        {
            int counts = Math.Min(seen.Count, MostOfOneWait);
            sum += counts * Math.Log(seen.Took!.Value.TotalSeconds);
            weight += counts;
        }

        return TimeSpan.FromSeconds(Math.Exp(sum / weight));
    });

    /// <summary>The creation of a task, by its id or by the user's own id of it; null when this machine did not make it.</summary>
    internal JournalEntry? Find(string taskId) => Read(index => index.Find(taskId));

    /// <summary>Whether a task was created at this host so recently, by any process, that its "not found" is not to be believed.</summary>
    internal bool IsYoung(string taskId, string host) =>
        Find(taskId) is { } created && created.Host == host && (_time.GetUtcNow() - created.At).Duration() < Young;

    /// <summary>The last tasks of one account, oldest of them first.</summary>
    internal JournalEntry[] Last(int count, string host, AccountMark account) => Read(index =>
    {
        List<JournalEntry> found = [];
        for (int i = index.Created.Count - 1; i >= 0 && found.Count < count; i--)
        {
            JournalEntry entry = index.Created[i];
            if (entry.Host == host && account.Matches(entry.Account))
            {
                found.Add(entry);
            }
        }

        found.Reverse();
        return found.ToArray();
    });

    /// <summary>The last tasks in a store, of whatever account, oldest of them first: from its end only, so that it takes no time.</summary>
    internal static JournalEntry[] Latest(IJournalStore store, int count)
    {
        JournalIndex end = new();
        end.Add(store.ReadEnd(EndBytes).Bytes);
        return [.. end.Created.Skip(end.Created.Count - count)];
    }

    /// <summary>Submissions whose end nobody heard of, less those a living process still waits for.</summary>
    internal JournalEntry[] Unanswered()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return [.. Read(index => index.Open.ToArray()).Where(entry => entry.Process?.MayBeWaiting(entry.At, now) != true)];
    }

    /// <returns>A warning about lines that could not be read, once for each number of them, else null.</returns>
    internal string? TakeDamage()
    {
        int damaged = Read(index => index.Damaged);
        if (damaged == Interlocked.Exchange(ref _damageTold, damaged) || damaged == 0)
        {
            return null;
        }

        string lines = damaged == 1 ? "One line" : $"{damaged} lines";
        return $"{lines} of the journal '{_store.Name}' cannot be read and {(damaged == 1 ? "was" : "were")} skipped. Move the file away if this bothers you; the tasks in it are then forgotten.";
    }

    private T Read<T>(Func<JournalIndex, T> look)
    {
        lock (_lock)
        {
            JournalLines lines = _store.Read(_position);
            _index = lines.BeganAnew ? new JournalIndex() : _index;
            _position = lines.End;
            _index.Add(lines.Bytes);
            return look(_index);
        }
    }
}
