namespace KlingPS.Journal;

/// <summary>What the lines of a journal come to: the tasks created, the submissions nobody heard the end of, and how long tasks took.</summary>
internal sealed class JournalIndex
{
    // What a service did long ago says little of today.
    private const int ObservationsKept = 10;

    private readonly Dictionary<string, JournalEntry> _byTask = new(StringComparer.Ordinal);
    private readonly List<JournalEntry> _created = [];
    private readonly Dictionary<(string Host, KlingTaskKind Kind), Queue<JournalEntry>> _observed = [];
    private readonly Dictionary<string, JournalEntry> _open = new(StringComparer.Ordinal);

    /// <summary>In order of their creation.</summary>
    internal IReadOnlyList<JournalEntry> Created => _created;

    /// <summary>Intents without an answer, and submissions that were stopped half-way; oldest first.</summary>
    internal IEnumerable<JournalEntry> Open => _open.Values.OrderBy(entry => entry.At);

    /// <summary>Lines that could not be read.</summary>
    internal int Damaged { get; private set; }

    /// <summary>The task with this id, or with this id of the user's own.</summary>
    internal JournalEntry? Find(string taskId) => _byTask.TryGetValue(taskId, out JournalEntry? entry) ? entry : null;

    /// <summary>The last observations of a kind at a host.</summary>
    internal IReadOnlyCollection<JournalEntry> Observed(string host, KlingTaskKind kind) =>
        _observed.TryGetValue((host, kind), out Queue<JournalEntry>? entries) ? entries : [];

    internal void Add(ReadOnlyMemory<byte> lines)
    {
        while (lines.Length > 0)
        {
            int end = lines.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? lines : lines.Slice(0, end);
            lines = end < 0 ? default : lines.Slice(end + 1);
            if (line.Length == 0)
            {
                continue;
            }

            if (JournalFormat.Read(line) is { } entry)
            {
                Add(entry);
            }
            else
            {
                Damaged++;
            }
        }
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

    private void Add(JournalEntry entry)
    {
        if (entry.Step == JournalStep.Observed)
        {
            Observe(entry);
            return;
        }

        bool nobodyKnows = entry.Step == JournalStep.Intent
            || (entry.Step == JournalStep.Unknown && entry.Error == JournalEntry.Cancelled);
        if (nobodyKnows)
        {
            _open[entry.SubmissionId] = entry;
            return;
        }

        _open.Remove(entry.SubmissionId);
        if (entry.Step != JournalStep.Created)
        {
            return;
        }

        _created.Add(entry);
        _byTask[entry.TaskId!] = entry;
        if (entry.ExternalTaskId is { } own)
        {
            _byTask[own] = entry;
        }
    }
}
