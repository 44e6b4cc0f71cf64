namespace KlingPS.Journal;

/// <summary>Where the lines of a journal are kept.</summary>
internal interface IJournalStore
{
    /// <summary>For a person.</summary>
    string Name { get; }

    /// <summary>What a person should know of the store itself, once; else null.</summary>
    string? Warning { get; }

    /// <summary>
    /// Whether all who pay for the account write here, one after the other: false without a lock, and for a memory that
    /// other processes do not see.
    /// </summary>
    bool IsExclusive { get; }

    /// <summary>Appends whole lines.</summary>
    /// <param name="lines">Makes them once nobody else writes, so that they may depend on what is there; called again
    /// when the attempt fails.</param>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    Task AppendAsync(Func<byte[]> lines, bool flush, CancellationToken cancellationToken);

    /// <summary>Reads what was written since the last call.</summary>
    /// <returns>The same, or a new one when the store is another than before.</returns>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    JournalIndex Read(JournalIndex index);

    /// <summary>Whether it has grown so much that it should be rotated.</summary>
    bool IsDueForRotation(JournalIndex index, DateTimeOffset now);

    /// <summary>Moves settled tasks to the archive and begins a new file with what is still needed.</summary>
    /// <param name="compact">What the new file begins with, or null to leave the old one; called once nobody else
    /// writes.</param>
    Task RotateAsync(Func<JournalEntry[]?> compact, CancellationToken cancellationToken);

    /// <summary>A created task that rotation has archived, by one of its <see cref="JournalEntry.Keys"/>.</summary>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    JournalEntry? FindArchived(string key);

    /// <summary>Adds the account fingerprints, and the salts of request fingerprints, of archived tasks.</summary>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    void AddArchived(ISet<string> accounts, ISet<string> salts);

    /// <summary>The created tasks that rotation has archived, oldest first.</summary>
    IEnumerable<JournalEntry> Archived();
}

/// <summary>
/// Keeps the journal for as long as its connection: the sandbox's, and that of those who want no file.
/// </summary>
/// <param name="isExclusive">Whether all who pay for the account share it, as in the sandbox.</param>
internal class MemoryJournalStore(bool isExclusive = true) : IJournalStore
{
    private readonly object _append = new();
    private readonly List<byte[]> _lines = [];
    private int _read;

    public string Name => "memory";

    public string? Warning => null;

    public bool IsExclusive => isExclusive;

    public virtual Task AppendAsync(Func<byte[]> lines, bool flush, CancellationToken cancellationToken)
    {
        lock (_append)
        {
            byte[] made = lines();
            lock (_lines)
            {
                _lines.AddRange(made.Length == 0 ? [] : [made]);
            }
        }

        return Task.CompletedTask;
    }

    public virtual JournalIndex Read(JournalIndex index)
    {
        lock (_lines)
        {
            for (; _read < _lines.Count; _read++)
            {
                index.Add(_lines[_read].AsSpan(0, _lines[_read].Length - 1));
            }
        }

        return index;
    }

    public bool IsDueForRotation(JournalIndex index, DateTimeOffset now) => false;

    public Task RotateAsync(Func<JournalEntry[]?> compact, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public JournalEntry? FindArchived(string key) => null;

    public void AddArchived(ISet<string> accounts, ISet<string> salts)
    {
    }

    public IEnumerable<JournalEntry> Archived() => [];
}
