namespace KlingPS.Journal;

/// <summary>Where the lines of a journal are kept.</summary>
internal interface IJournalStore
{
    /// <summary>For a person.</summary>
    string Name { get; }

    /// <summary>Adds one line and returns once it would survive the end of the process.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    Task AppendAsync(byte[] line, CancellationToken cancellationToken);

    /// <summary>The whole lines from a position on: where the last reading ended.</summary>
    JournalLines Read(long position);

    /// <summary>The whole lines among the last so many bytes.</summary>
    JournalLines ReadEnd(int bytes);
}

/// <summary>What was read.</summary>
/// <param name="Bytes">Whole lines, or none.</param>
/// <param name="End">Where to go on.</param>
/// <param name="BeganAnew">The store is another one than before, so what was read earlier is gone.</param>
internal readonly record struct JournalLines(byte[] Bytes, long End, bool BeganAnew = false);

/// <summary>Keeps the journal for as long as its connection: the sandbox's, and that of those who want no file.</summary>
internal sealed class MemoryJournalStore : IJournalStore
{
    private readonly List<byte[]> _lines = [];

    public string Name => "memory";

    public Task AppendAsync(byte[] line, CancellationToken cancellationToken)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }

        return Task.CompletedTask;
    }

    public JournalLines Read(long position)
    {
        lock (_lines)
        {
            return new JournalLines([.. _lines.Skip((int)position).SelectMany(line => line)], _lines.Count);
        }
    }

    public JournalLines ReadEnd(int bytes) => Read(0);
}
