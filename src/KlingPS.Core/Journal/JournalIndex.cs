namespace KlingPS.Journal;

/// <summary>
/// What the lines of a journal come to: tasks created, submissions unsettled or untold, and how long tasks took.
/// </summary>
/// <remarks>Not thread-safe. Bounded: of created tasks the latest and the untold are kept here and the others found in
/// the archive.</remarks>
internal sealed class JournalIndex
{
    // How many told tasks a rotation keeps in the file, and how many are held in memory.
    private const int TasksKept = 1_000;
    private const int TasksHeld = 10_000;

    // Old durations say little about today.
    private const int ObservationsKept = 10;

    private readonly Dictionary<string, JournalEntry> _byKey = new(StringComparer.Ordinal);

    // What counts for the daily limit and is in no other list: cleared submissions, and counts of archived tasks.
    private readonly List<JournalEntry> _paid = [];
    private readonly Queue<JournalEntry> _created = new();
    private readonly Dictionary<(string Host, KlingTaskKind Kind), Queue<JournalEntry>> _observed = [];

    // Which video a file holds; some systems ignore case in names.
    private readonly Dictionary<string, JournalEntry> _files = new(Platform.PathComparer);

    // Unsettled or untold submissions by id.
    private readonly Dictionary<string, SubmissionState> _pending = new(StringComparer.Ordinal);

    // Settled before the intent was read, as can happen when each process has its own file.
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);

    // The unsettled ones, which every submission is compared with.
    private readonly Dictionary<string, SubmissionState> _unsettled = new(StringComparer.Ordinal);

    /// <summary>Lines that could not be read.</summary>
    internal int Damaged { get; private set; }

    /// <summary>Lines of a later version of this module.</summary>
    internal int Newer { get; private set; }

    /// <summary>How large the file was when it was last rotated, in bytes.</summary>
    internal long KeptBytes { get; private set; }

    /// <summary>The oldest line's time.</summary>
    internal DateTimeOffset? Since { get; private set; }

    /// <summary>Whether the file has more created tasks than are held in memory.</summary>
    internal bool HasDropped { get; private set; }

    /// <summary>In order of their creation.</summary>
    internal IReadOnlyCollection<JournalEntry> Created => _created;

    /// <summary>Submissions that are unsettled or that nobody has been told of; oldest first.</summary>
    internal IEnumerable<SubmissionState> Pending => _pending.Values.OrderBy(state => state.Entry.At);

    /// <summary>Submissions of which nobody knows whether they created a task.</summary>
    internal IReadOnlyCollection<SubmissionState> Unsettled => _unsettled.Values;

    /// <summary>The salt of the latest request fingerprint, to be used again.</summary>
    internal string? LatestRequest { get; private set; }

    /// <summary>Account fingerprints in use, latest last.</summary>
    internal List<string> Accounts { get; } = [];

    /// <summary>The salts of the request fingerprints.</summary>
    internal HashSet<string> Salts { get; } = new(StringComparer.Ordinal);

    /// <summary>The latest task with one of <see cref="JournalEntry.Keys"/>.</summary>
    internal JournalEntry? Find(string key) => _byKey.TryGetValue(key, out JournalEntry? entry) ? entry : null;

    /// <summary>What was saved to a file last, or null.</summary>
    internal JournalEntry? SavedIn(string path) => _files.TryGetValue(path, out JournalEntry? saved) ? saved : null;

    /// <summary>The files that a video was saved to.</summary>
    internal IEnumerable<string> FilesOf(string videoId) =>
        _files.Values.Where(saved => saved.VideoId == videoId).Select(saved => saved.File!);

    /// <summary>How many submissions since a time were paid, or may have been.</summary>
    internal long CountPaid(DateTimeOffset start, Func<JournalEntry, bool> isMeant) =>
        _created.Concat(_unsettled.Values.Select(state => state.Entry))
            .Concat(_paid)
            .Where(entry => entry.At > start && entry.IsFound != true && isMeant(entry))
            // A submission that two sessions resolve at once is recorded twice.
            .GroupBy(entry => entry.Event == JournalEvent.Paid ? Guid.NewGuid().ToString() : entry.Id)
            .Sum(same => same.First() is { Event: JournalEvent.Paid, Count: { } count } ? count : 1);

    /// <summary>The last observations of a kind at a host.</summary>
    internal IReadOnlyCollection<JournalEntry> Observed(string host, KlingTaskKind kind) =>
        _observed.TryGetValue((host, kind), out Queue<JournalEntry>? entries) ? entries : [];

    /// <summary>Adds one line without its end.</summary>
    internal void Add(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0)
        {
            return;
        }

        if (JournalEntry.Parse(line, out bool isNewer) is { } entry)
        {
            Add(entry);
        }
        else if (isNewer)
        {
            Newer++;
        }
        else
        {
            Damaged++;
        }
    }

    internal void Add(JournalEntry entry)
    {
        Since ??= entry.At;
        if (entry.Request is { } request && request != LatestRequest)
        {
            LatestRequest = request;
            Salts.Add(request.Split('.')[0]);
        }

        if (entry.Account.Length > 0 && (Accounts.Count == 0 || Accounts[Accounts.Count - 1] != entry.Account))
        {
            Accounts.Remove(entry.Account);
            Accounts.Add(entry.Account);
        }

        switch (entry.Event)
        {
            case JournalEvent.Intent:
            case JournalEvent.Unknown:
            case JournalEvent.Created:
                AddOutcome(entry);
                break;
            case JournalEvent.Refused:
            // What another process found out is still untold.
            case JournalEvent.Cleared when !(
                _pending.TryGetValue(entry.Id, out SubmissionState? state) && !state.IsUnsettled):
                // It may have been paid all the same.
                _paid.AddRange(entry.Event == JournalEvent.Cleared ? [entry] : []);
                RememberIfEarly(entry.Id);
                Remove(entry.Id);
                break;
            case JournalEvent.Told:
                SetTold(entry.Ids ?? []);
                break;
            case JournalEvent.Ended:
                End(entry);
                break;
            case JournalEvent.Observed:
                Observe(entry);
                break;
            case JournalEvent.Rotated:
                KeptBytes = entry.Count ?? 0;
                break;
            case JournalEvent.Saved:
                _files.Remove(entry.File!);
                _files.Add(entry.File!, entry);
                break;
            case JournalEvent.Paid:
                _paid.Add(entry);
                break;
        }
    }

    /// <summary>What a rotated file has to begin with.</summary>
    internal IEnumerable<JournalEntry> Compact(DateTimeOffset now)
    {
        JournalEntry mark = new() { Event = JournalEvent.Told, Id = "rotation", At = now };
        HashSet<string> created = [.. _created.Select(entry => entry.Id)];
        SubmissionState[] states = [.. Pending];
        bool IsKept(JournalEntry entry, int at) => at >= _created.Count - TasksKept || _pending.ContainsKey(entry.Id);
        string[] told = [.. states.Where(state => state.IsTold).Select(state => state.Entry.Id)];
        return
        [
            .. _observed.Values.SelectMany(entries => entries),
            .. _files.Values.OrderBy(entry => entry.At).Skip(_files.Count - TasksKept),
            .. _paid.Where(entry => entry.At > now - TaskJournal.Day),
            // What goes to the archive still counts for the daily limit; by the hour, which is few lines.
            .. _created.Where((entry, at) => !IsKept(entry, at) && entry.IsFound != true)
                .Where(entry => entry.At > now - TaskJournal.Day)
                .GroupBy(entry => (entry.Host, entry.Account, entry.At.Date, entry.At.Hour))
                .Select(hour => mark with
                {
                    Event = JournalEvent.Paid,
                    At = hour.Max(entry => entry.At),
                    Host = hour.Key.Host,
                    Account = hour.Key.Account,
                    Count = hour.Count(),
                }),
            .. states.Where(state => !created.Contains(state.Entry.Id)).Select(state => state.Entry),
            // Kept only so that it can be found; without a command it counts as told.
            .. _created.Where(IsKept)
                .Select(entry => _pending.ContainsKey(entry.Id) ? entry : Settled(entry)),
            .. told.Length == 0 ? [] : new[] { mark with { Ids = told } },
            // Without ids, which could be too many for a line: who was told is named above or no longer pending.
            .. states.Where(state => state.IsCommandEnded)
                .Select(state => state.Entry.Command).OfType<string>().Distinct()
                .Select(command => mark with
                {
                    Event = JournalEvent.Ended,
                    Id = command,
                    Error = JournalEntry.Cancelled,
                }),
        ];
    }

    /// <summary>What stays of a task for ever: enough to find it and to know the same request again.</summary>
    internal static JournalEntry Settled(JournalEntry entry) =>
        entry with { Version = JournalEntry.CurrentVersion, Command = null, Process = null };

    private void AddOutcome(JournalEntry entry)
    {
        if (entry.Event != JournalEvent.Created && _settled.Contains(entry.Id))
        {
            return;
        }

        bool isKnown = _pending.TryGetValue(entry.Id, out SubmissionState? before);
        // In version 1 an outcome counts as told unless it was cancelled; an intent alone does not.
        bool wasTold = entry.IsFound == true || (entry.Command is null
            && !(entry.Event == JournalEvent.Intent || entry.Error == JournalEntry.Cancelled));
        SubmissionState state = new(entry)
        {
            IsTold = wasTold,
            // Not that of an earlier command, whose submission this one has found.
            IsCommandEnded = entry.Command is null
                || (isKnown && before!.IsCommandEnded && before.Entry.Command == entry.Command),
        };
        if (entry.Event == JournalEvent.Created)
        {
            AddCreated(entry);
            RememberIfEarly(entry.Id);
        }

        Remove(entry.Id);
        if (state.IsUnsettled)
        {
            _unsettled[entry.Id] = state;
        }

        if (state.IsUnsettled || !state.IsTold)
        {
            _pending[entry.Id] = state;
        }
    }

    private void RememberIfEarly(string id)
    {
        if (!_pending.ContainsKey(id))
        {
            _settled.Add(id);
        }
    }

    private void Remove(string id)
    {
        _pending.Remove(id);
        _unsettled.Remove(id);
    }

    private void AddCreated(JournalEntry entry)
    {
        _created.Enqueue(entry);
        foreach (string key in entry.Keys)
        {
            _byKey[key] = entry;
        }

        // What is untold is pending, and would come back with each rotation.
        while (_created.Count > TasksHeld && !_pending.ContainsKey(_created.Peek().Id))
        {
            HasDropped = true;
            JournalEntry oldest = _created.Dequeue();
            foreach (string key in oldest.Keys.Where(key => ReferenceEquals(Find(key), oldest)))
            {
                _byKey.Remove(key);
            }
        }
    }

    private void SetTold(IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            if (_pending.TryGetValue(id, out SubmissionState? state))
            {
                state.IsTold = true;
                if (!state.IsUnsettled)
                {
                    Remove(id);
                }
            }
        }
    }

    private void End(JournalEntry ended)
    {
        SubmissionState[] own = [.. _pending.Values.Where(state => state.Entry.Command == ended.Id)];
        foreach (SubmissionState state in own)
        {
            state.IsCommandEnded = true;
        }

        // After Ctrl+C nothing counts as told.
        SetTold(ended.Error is null ? own.Select(state => state.Entry.Id).Except(ended.Ids ?? []) : []);
    }

    private void Observe(JournalEntry entry)
    {
        if (!_observed.TryGetValue((entry.Host, entry.Kind), out Queue<JournalEntry>? entries))
        {
            _observed.Add((entry.Host, entry.Kind), entries = new Queue<JournalEntry>());
        }

        entries.Enqueue(entry);
        if (entries.Count > ObservationsKept)
        {
            entries.Dequeue();
        }
    }
}

/// <summary>Where one submission stands that is unsettled or untold.</summary>
internal sealed class SubmissionState(JournalEntry entry)
{
    /// <summary>Its latest line.</summary>
    internal JournalEntry Entry => entry;

    /// <summary>Whether a warning named it, or the command that wrote its outcome has ended.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Whether its command has ended, so that nobody is left who would tell of it.</summary>
    internal bool IsCommandEnded { get; set; }

    /// <summary>Whether nobody knows if a task was created.</summary>
    internal bool IsUnsettled => entry.Event is JournalEvent.Intent or JournalEvent.Unknown;
}
