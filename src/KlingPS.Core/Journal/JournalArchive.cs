namespace KlingPS.Journal;

/// <summary>The created tasks that rotation has moved out of the journal: found by id, without keeping them in memory.</summary>
internal sealed class JournalArchive(string path)
{
    private readonly JournalFile _file = new(path);

    // 64 bits of each id; the line itself says whether it is the one.
    private readonly Dictionary<ulong, long> _offsets = [];

    internal string Path => path;

    internal JournalEntry? Find(string taskId)
    {
        lock (_offsets)
        {
            if (!_file.Read(Note))
            {
                return null;
            }

            JournalEntry? entry = _offsets.TryGetValue(Hash(taskId), out long offset) ? _file.ReadAt(offset) : null;
            return entry is not null && (entry.TaskId == taskId || entry.ExternalTaskId == taskId) ? entry : null;
        }
    }

    internal IEnumerable<JournalEntry> All()
    {
        List<JournalEntry> entries = [];
        _file.ReadAll((line, _) => entries.AddRange(JournalEntry.Parse(line, out bool _) is { } entry ? [entry] : []));
        return entries;
    }

    private void Note(ReadOnlySpan<byte> line, long offset)
    {
        if (JournalEntry.Parse(line, out _) is { TaskId: { } taskId } entry)
        {
            _offsets[Hash(taskId)] = offset;
            if (entry.ExternalTaskId is { } own)
            {
                _offsets[Hash(own)] = offset;
            }
        }
    }

    // FNV-1a: .NET's own hash has 32 bits.
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }
}
