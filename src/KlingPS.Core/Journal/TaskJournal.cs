using System.Collections.Concurrent;
using KlingPS.Requests;

namespace KlingPS.Journal;

/// <summary>
/// What this machine paid for: an intent on disk before a paid POST is sent, and its outcome before anyone sees it.
/// Also how long tasks took. Safe from any thread, and with any number of processes on one file.
/// </summary>
internal sealed class TaskJournal(IJournalStore store, TimeProvider time)
{
    // Reads may trail the write at the service by seconds.
    private static readonly TimeSpan NotVisibleYet = TimeSpan.FromSeconds(10);

    // Long enough for a virus scanner or a backup to let go of the file.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(5);

    /// <summary>How long a submission counts for the daily spending limit.</summary>
    internal static readonly TimeSpan Day = TimeSpan.FromHours(24);

    // Tasks of one wait ran under the same load, so they count as at most this many observations.
    private const int MostOfOneWait = 10;

    // Commands of this process that still run; for other processes, ProcessIdentity.IsAlive decides.
    private static readonly ConcurrentDictionary<string, bool> Running = new(StringComparer.Ordinal);

    private readonly object _lock = new();
    private JournalIndex _index = new();
    private string? _unreadable;
    private string? _told;

    internal string Name => store.Name;

    /// <summary>Begins the record of a command that submits.</summary>
    internal static string BeginCommand()
    {
        string command = Guid.NewGuid().ToString("N");
        Running[command] = true;
        return command;
    }

    /// <summary>
    /// Records that a POST is about to be sent, unless an earlier submission stands against it. Decided and written
    /// under one lock, so that of any number of processes only one sends.
    /// </summary>
    /// <exception cref="KlingException">JournalNotWritable, MayBePaidAlready, NameTaken or SpendLimitReached: nothing
    /// may be sent.</exception>
    internal async Task<Claim> ClaimAsync(
        SubmitRequest request,
        RequestFingerprint fingerprint,
        ClaimRules rules,
        CancellationToken cancellationToken)
    {
        long? started = null;
        while (true)
        {
            Claim? claim = null;
            string? unreadable = null;
            await store.AppendAsync(
                () =>
                {
                    (claim, unreadable) = Decide(request, fingerprint, rules);
                    return claim is { IsNew: true } ? claim.Entry.ToLine() : [];
                },
                flush: true,
                cancellationToken).ConfigureAwait(false);
            if (claim is not null)
            {
                return claim;
            }

            // Not from the beginning: the lock may have been waited for too.
            started ??= time.GetTimestamp();
            if (time.GetElapsedTime(started.Value) > LongestRead)
            {
                throw new KlingException(
                    KlingError.JournalNotWritable,
                    $"The journal '{store.Name}' could not be read: {unreadable?.TrimEnd('.')}.");
            }

            await time.DelayAsync(TimeSpan.FromMilliseconds(20), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>No claim, but the reason, while the journal cannot be read.</returns>
    private (Claim? Claim, string? Unreadable) Decide(
        SubmitRequest request,
        RequestFingerprint fingerprint,
        ClaimRules rules) =>
        Read<(Claim?, string?)>(
            index => _unreadable is null ? (Decide(index, request, fingerprint, rules), null) : (null, _unreadable));

    private Claim Decide(
        JournalIndex index,
        SubmitRequest request,
        RequestFingerprint fingerprint,
        ClaimRules rules)
    {
        rules.Account.Adopt(index.Accounts.FindLast(rules.Account.Matches));
        if (Existing(index, request, fingerprint, rules) is { } existing)
        {
            return existing;
        }

        if (CheckDailyLimit(index, rules) is { } holder)
        {
            return holder;
        }

        JournalEntry intent = new()
        {
            Event = JournalEvent.Intent,
            Id = Guid.NewGuid().ToString("N"),
            At = time.GetUtcNow(),
            Kind = request.Kind,
            Host = rules.Host,
            Account = rules.Account.Own,
            Command = rules.Command,
            Request = fingerprint.Make(index.LatestRequest is { } salted ? SaltedHash.SaltOf(salted) : null),
            Name = request.Name,
            IsNameInherited = request.IsNameInherited ? true : null,
            Model = request.Details.Model,
            Part = request.Details.Part,
            ParentTaskId = request.Parent?.TaskId,
            ParentVideoId = request.Parent?.VideoId,
            ExternalTaskId = request.ExternalId,
            TimeoutSeconds = rules.RequestTimeout.TotalSeconds,
            Process = ProcessIdentity.Current,
        };
        return new Claim(intent, IsNew: true);
    }

    /// <summary>The earlier submission of the same work; null when nothing stands against sending.</summary>
    private Claim? Existing(
        JournalIndex index,
        SubmitRequest request,
        RequestFingerprint fingerprint,
        ClaimRules rules)
    {
        bool IsOwn(JournalEntry entry) => entry.Host == rules.Host && rules.Account.Matches(entry.Account);
        bool IsSameRequest(JournalEntry entry) => entry.Request is not null && fingerprint.Matches(entry.Request);

        string? name = request.IsNameInherited ? null : request.Name;
        string? parent = request.Parent?.VideoId;
        bool HasName(JournalEntry entry) =>
            entry.Keys.Contains(JournalEntry.NameKey(entry.Host, entry.Account, request.Kind, parent, name!));

        SubmissionState[] unsettled = [.. index.Unsettled.Where(state => IsOwn(state.Entry))];
        if (rules.IsOnce)
        {
            if (!store.IsExclusive)
            {
                throw NotExclusive("-Once");
            }

            JournalEntry? named = name is null
                ? null
                : unsettled.Select(state => state.Entry).FirstOrDefault(HasName)
                    ?? FindCreated(index, rules, (account, _) => JournalEntry.NameKey(
                        rules.Host, account, request.Kind, parent, name));
            if (named is not null && !IsSameRequest(named))
            {
                throw NameTaken(named);
            }

            if (unsettled.FirstOrDefault(state => IsSameRequest(state.Entry)
                && (name is null || HasName(state.Entry))
                && (IsInFlight(state) || !rules.IsForced)) is { } open)
            {
                return new Claim(open.Entry) { IsInFlight = IsInFlight(open) };
            }

            JournalEntry? same = name is not null ? named : FindCreated(
                index, rules, (account, salt) => JournalEntry.RequestKey(
                    rules.Host, account, fingerprint.Make(SaltedHash.SaltOf(salt + '.'))));
            if (same is { Event: JournalEvent.Created } && same.TaskId != rules.Replaces)
            {
                return new Claim(same);
            }
        }

        // With -Once too: under another name it is still the request that may be paid for.
        if (!rules.IsForced
            && unsettled.FirstOrDefault(state => IsSameRequest(state.Entry) && !IsInFlight(state)) is { } paid)
        {
            throw MayBePaidAlready(paid.Entry);
        }

        return null;
    }

    /// <returns>At the limit, a submission in flight that may give its place back; below it, null.</returns>
    /// <exception cref="KlingException">SpendLimitReached: at the limit, and nothing is in flight.</exception>
    private Claim? CheckDailyLimit(JournalIndex index, ClaimRules rules)
    {
        if (rules.DailyLimit is not { } limit)
        {
            return null;
        }

        if (!store.IsExclusive)
        {
            throw NotExclusive("A daily spending limit");
        }

        bool IsOwn(JournalEntry entry) => entry.Host == rules.Host && rules.Account.Matches(entry.Account);
        if (index.CountPaid(time.GetUtcNow() - Day, IsOwn) < limit)
        {
            return null;
        }

        return index.Unsettled.FirstOrDefault(state => IsOwn(state.Entry) && IsInFlight(state)) is { } open
            ? new Claim(open.Entry) { IsInFlight = true, IsAtLimit = true }
            : throw new KlingException(
                KlingError.SpendLimitReached,
                $"Nothing was sent: {limit} paid tasks are allowed in 24 hours, and this account has reached them on "
                    + "this machine.");
    }

    // Whichever salts the account and its requests were hashed with.
    private JournalEntry? FindCreated(JournalIndex index, ClaimRules rules, Func<string, string, string> key)
    {
        HashSet<string> accounts = new(index.Accounts, StringComparer.Ordinal);
        HashSet<string> salts = new(index.Salts, StringComparer.Ordinal);
        store.AddArchived(accounts, salts);
        IEnumerable<string> keys = from account in accounts.Where(rules.Account.Matches)
                                   from salt in salts
                                   select key(account, salt);
        return keys.Distinct()
            .Select(known => index.Find(known) ?? store.FindArchived(known))
            .FirstOrDefault(entry => entry is not null);
    }

    /// <summary>The earlier submission of the same work, or null; sends and writes nothing.</summary>
    /// <exception cref="KlingException">As <see cref="ClaimAsync"/>.</exception>
    internal Claim? Find(SubmitRequest request, RequestFingerprint fingerprint, ClaimRules rules)
    {
        try
        {
            return Read(index => Existing(index, request, fingerprint, rules));
        }
        catch (IOException)
        {
            // The claim decides, which waits until the archive can be read.
            return null;
        }
    }

    /// <summary>Records a task that another machine paid for, so that this one finds it without sending.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task RecordFoundAsync(JournalEntry intent, string taskId, CancellationToken cancellationToken) =>
        AppendAsync(
            intent with
            {
                Process = null,
                Event = JournalEvent.Created,
                Id = Guid.NewGuid().ToString("N"),
                At = time.GetUtcNow(),
                TaskId = taskId,
                Error = null,
                IsFound = true,
            },
            cancellationToken);

    /// <summary>Records what became of it.</summary>
    /// <returns>What was written.</returns>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal async Task<JournalEntry> RecordOutcomeAsync(
        JournalEntry intent,
        JournalEvent outcome,
        string? taskId = null,
        string? error = null,
        CancellationToken cancellationToken = default)
    {
        JournalEntry entry = intent with { Event = outcome, At = time.GetUtcNow(), TaskId = taskId, Error = error };
        await store.AppendAsync(entry.ToLine, flush: true, cancellationToken).ConfigureAwait(false);
        bool isDue;
        lock (_lock)
        {
            // By what was read last: one line more or less does not matter.
            isDue = store.IsDueForRotation(_index, time.GetUtcNow());
        }

        if (isDue)
        {
            await RotateAsync(cancellationToken).ConfigureAwait(false);
        }

        return entry;
    }

    /// <summary>Records that a video is in a file.</summary>
    /// <param name="path">The whole path.</param>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task RecordSavedAsync(KlingVideo video, string path, CancellationToken cancellationToken) => AppendAsync(
        new JournalEntry
        {
            Event = JournalEvent.Saved,
            Id = Guid.NewGuid().ToString("N"),
            At = time.GetUtcNow(),
            Kind = video.Kind,
            TaskId = video.TaskId,
            VideoId = video.VideoId,
            File = path,
        },
        cancellationToken);

    /// <summary>Which video of which task this machine saved to a file last, or null.</summary>
    internal JournalEntry? SavedIn(string path) => Read(index => index.SavedIn(path));

    /// <summary>Whether a file is not known to hold another video.</summary>
    internal bool MayHold(string path, string? videoId) =>
        SavedIn(path)?.VideoId is not { } holds || videoId is null || holds == videoId;

    /// <summary>A file that this machine saved a video to, or null.</summary>
    internal string? FileOf(string videoId, Func<string, bool> isMeant) =>
        Read(index => index.FilesOf(videoId).ToArray()).LastOrDefault(isMeant);

    /// <summary>Records that a warning has named these submissions.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task RecordToldAsync(IEnumerable<string> ids, CancellationToken cancellationToken) => AppendAsync(
        new JournalEntry
        {
            Event = JournalEvent.Told,
            Id = Guid.NewGuid().ToString("N"),
            At = time.GetUtcNow(),
            Ids = [.. ids],
        },
        cancellationToken);

    /// <summary>Records that a command has ended.</summary>
    /// <param name="command">From <see cref="BeginCommand"/>.</param>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal async Task RecordEndAsync(
        string command,
        string[] untold,
        bool wasStopped,
        CancellationToken cancellationToken)
    {
        JournalEntry ended = new()
        {
            Event = JournalEvent.Ended,
            Id = command,
            At = time.GetUtcNow(),
            Ids = untold.Length == 0 || wasStopped ? null : untold,
            Error = wasStopped ? JournalEntry.Cancelled : null,
        };
        try
        {
            await AppendAsync(ended, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Not before: in between, another runspace would take what was shown for untold.
            Running.TryRemove(command, out _);
        }
    }

    /// <summary>Records how long tasks of a kind take, as a wait saw it.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal Task RecordDurationAsync(
        string host,
        KlingTaskKind kind,
        TimeSpan median,
        int count,
        CancellationToken cancellationToken) => AppendAsync(
        new JournalEntry
        {
            Event = JournalEvent.Observed,
            Id = Guid.NewGuid().ToString("N"),
            At = time.GetUtcNow(),
            Kind = kind,
            Host = host,
            Seconds = Math.Round(median.TotalSeconds, 3),
            Count = count,
        },
        cancellationToken);

    /// <summary>
    /// How long a task of a kind takes in the median: what is believed without a journal, corrected by its last
    /// observations.
    /// </summary>
    /// <remarks>Of the logarithms, weighed by the number of tasks up to ten; the belief weighs as one.</remarks>
    internal TimeSpan Expect(string host, KlingTaskKind kind, TimeSpan believed) => Read(index =>
    {
        double sum = Math.Log(Math.Max(believed.TotalSeconds, 0.1));
        double weight = 1;
        foreach (JournalEntry seen in index.Observed(host, kind))
        {
            long counts = Math.Min(seen.Count ?? 0, MostOfOneWait);
            sum += counts * Math.Log(seen.Seconds!.Value);
            weight += counts;
        }

        return TimeSpan.FromSeconds(Math.Exp(sum / weight));
    });

    /// <summary>
    /// The creation of a task, by its id or by the user's own id of it; null when this machine did not make it.
    /// </summary>
    internal JournalEntry? Find(string taskId) =>
        Read(index => index.Find(taskId)) ?? Archived(() => store.FindArchived(taskId));

    /// <summary>
    /// Whether a task was created at this host so recently, by any process, that its "not found" is not to be believed.
    /// </summary>
    internal bool IsNotVisibleYet(string taskId, string host) =>
        Read(index => index.Find(taskId)) is { } created
        && created.Host == host
        && (time.GetUtcNow() - created.At).Duration() < NotVisibleYet;

    /// <summary>The last tasks of one account, oldest of them first.</summary>
    /// <param name="isMeant">Which of them; null for all.</param>
    internal JournalEntry[] Last(
        int count,
        string host,
        AccountFingerprint account,
        Func<JournalEntry, bool>? isMeant = null)
    {
        bool IsOwn(JournalEntry entry) =>
            entry.Host == host && isMeant?.Invoke(entry) != false && account.Matches(entry.Account);
        JournalEntry[] recent = Read(index => index.Created.Where(IsOwn).ToArray());
        if (recent.Length < count)
        {
            HashSet<string> known = [.. recent.Select(entry => entry.TaskId!)];
            IEnumerable<JournalEntry> older = Archived(store.Archived) ?? [];
            recent = [.. older.Where(entry => IsOwn(entry) && known.Add(entry.TaskId!)), .. recent];
        }

        // Two sessions that resolve an intent at once record its task twice.
        JournalEntry[] tasks = [.. recent.GroupBy(entry => entry.TaskId).Select(same => same.Last())];
        return [.. tasks.Skip(tasks.Length - count)];
    }

    /// <summary>
    /// The last tasks of whatever account, oldest of them first, for completion before there is a connection.
    /// </summary>
    internal JournalEntry[] ReadTail(int count) =>
        Read(index => index.Created.Skip(index.Created.Count - count).ToArray());

    /// <summary>The submissions of which nobody knows whether they created a task; oldest first.</summary>
    internal SubmissionState[] Unsettled() => Read(index => index.Pending.Where(state => state.IsUnsettled).ToArray());

    /// <summary>
    /// Outcomes, created tasks too, that nobody has been told of and that no running command will tell; oldest first.
    /// </summary>
    internal SubmissionState[] Untold()
    {
        Dictionary<ProcessIdentity, bool> alive = [];
        SubmissionState[] Look() => Read(index => index.Pending.Where(state => !state.IsTold).ToArray());
        HashSet<string> ended =
            [.. Look().Where(state => !IsRunning(state, alive)).Select(state => state.Entry.Id)];
        // A command that has stopped running has written its end by now, perhaps after the first look.
        return ended.Count == 0 ? [] : [.. Look().Where(state => ended.Contains(state.Entry.Id))];
    }

    /// <summary>Whether a command that runs on this machine waits for its answer.</summary>
    internal static bool IsInFlight(SubmissionState state) =>
        state.Entry.Event == JournalEvent.Intent && IsRunning(state, []);

    private static bool IsRunning(SubmissionState state, Dictionary<ProcessIdentity, bool> alive)
    {
        if (state.IsCommandEnded || state.Entry.Process is not { } process)
        {
            return false;
        }

        if (process == ProcessIdentity.Current)
        {
            return Running.ContainsKey(state.Entry.Command ?? "");
        }

        if (!alive.TryGetValue(process, out bool isAlive))
        {
            alive.Add(process, isAlive = process.IsAlive());
        }

        return isAlive;
    }

    /// <returns>What a person should know of the journal itself, once for each change, else null.</returns>
    internal string? TakeWarning()
    {
        (int damaged, int newer) = Read(index => (index.Damaged, index.Newer));
        string[] told =
        [
            .. new[]
            {
                _unreadable is null ? null
                    : $"The journal '{store.Name}' cannot be read: {_unreadable.TrimEnd('.')}. Its tasks and "
                        + "payments are missing here.",
                damaged == 0 ? null
                    : $"{Lines(damaged)} of the journal '{store.Name}' cannot be read and "
                        + $"{(damaged == 1 ? "was" : "were")} skipped. "
                    + "Moving the file away ends this warning, but forgets the tasks in it.",
                newer == 0 ? null
                    : $"{Lines(newer)} of the journal '{store.Name}' {(newer == 1 ? "was" : "were")} written by a "
                        + $"newer version of KlingPS "
                    + "and skipped. Update the module to see them.",
                store.Warning,
            }.OfType<string>(),
        ];
        string? warning = told.Length == 0 ? null : string.Join(" ", told);
        return warning == Interlocked.Exchange(ref _told, warning) ? null : warning;
    }

    private static string Lines(int count) => count == 1 ? "One line" : $"{count} lines";

    internal static KlingException MayBePaidAlready(JournalEntry paid, KlingException? cause = null) => new(
        KlingError.MayBePaidAlready,
        $"Nothing was sent, because an identical request ({paid.Describe()}) may already have created a task.",
        cause);

    private static KlingException NameTaken(JournalEntry named) => new(
        KlingError.NameTaken,
        named.TaskId is null
            ? $"Nothing was sent, because '{named.Name}' names another request ({named.Describe()})."
            : $"Nothing was sent, because '{named.Name}' names task {named.TaskId}, which another request made.");

    private KlingException NotExclusive(string what) => new(
        KlingError.JournalNotWritable,
        $"Nothing was sent: {what} needs a journal that all processes share and can lock, and '{store.Name}' is not "
            + "one.")
    {
        Action = "Leave $env:KLINGPS_JOURNAL unset, keep the journal on a local disk ($env:XDG_STATE_HOME), and "
            + "reconnect.",
    };

    // Not flushed: after a power cut such a line is only reported or measured again.
    private Task AppendAsync(JournalEntry entry, CancellationToken cancellationToken) =>
        store.AppendAsync(entry.ToLine, flush: false, cancellationToken);

    /// <summary>Whether the journal has grown so much that it should be rotated.</summary>
    internal bool IsDueForRotation => Read(index => store.IsDueForRotation(index, time.GetUtcNow()));

    /// <summary>
    /// Moves settled tasks to the archive, unless another has done so since it was due. One that fails is tried again
    /// later.
    /// </summary>
    internal async Task RotateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.RotateAsync(() => Read(Compact), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KlingException or OperationCanceledException)
        {
            // The file is in use or the disk is full; the journal is unchanged.
        }
    }

    // What cannot be read now must not be lost by a rotation.
    private JournalEntry[]? Compact(JournalIndex index) =>
        _unreadable is null && store.IsDueForRotation(index, time.GetUtcNow())
            ? [.. index.Compact(time.GetUtcNow())]
            : null;

    private static T? Archived<T>(Func<T?> find)
    {
        try
        {
            return find();
        }
        catch (IOException)
        {
            return default;
        }
    }

    /// <summary>Reads what is there, so that the next look has less to read.</summary>
    internal void ReadAhead() => Read(index => index);

    private T Read<T>(Func<JournalIndex, T> look)
    {
        lock (_lock)
        {
            try
            {
                _index = store.Read(_index);
                _unreadable = null;
            }
            catch (IOException e)
            {
                _unreadable = e.Message;
                _index = new JournalIndex();
            }

            return look(_index);
        }
    }
}

/// <summary>Who submits, and what may keep a request from being sent.</summary>
/// <param name="Command">From <see cref="TaskJournal.BeginCommand"/>.</param>
internal sealed record ClaimRules(string Host, AccountFingerprint Account, string Command)
{
    /// <summary>Sends even what may be paid already.</summary>
    internal bool IsForced { get; init; }

    /// <summary>Pays at most once for the same work.</summary>
    internal bool IsOnce { get; init; }

    /// <summary>The id of the failed task in whose place a new one is to be paid for.</summary>
    internal string? Replaces { get; init; }

    /// <summary>How many paid tasks the account may have in 24 hours; null for no limit.</summary>
    internal int? DailyLimit { get; init; }

    internal TimeSpan RequestTimeout { get; init; }
}

/// <summary>The intent that was written, or the earlier submission that stands against it.</summary>
internal sealed record Claim(JournalEntry Entry, bool IsNew = false)
{
    /// <summary>Whether a running command waits for the answer.</summary>
    internal bool IsInFlight { get; init; }

    /// <summary>Whether it is other work, which holds the last place below the daily limit.</summary>
    internal bool IsAtLimit { get; init; }
}
