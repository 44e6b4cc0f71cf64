using System.Buffers;

namespace KlingPS.Journal;

/// <summary>Takes one line without its end, and where in the file it begins.</summary>
internal delegate void JournalLine(ReadOnlySpan<byte> line, long offset);

/// <summary>
/// Reads the lines of one file, each once and in bounded memory. Takes no lock and sees whole lines only.
/// </summary>
internal sealed class JournalFile(string path)
{
    // Far longer than any line we write.
    private const int LongestLine = 256 * 1024;

    // Contains the rotation's id, which differs when the file was replaced.
    private const int HeadSize = 128;

    private byte[] _head = [];
    private DateTime _written;

    /// <summary>Where the next reading begins.</summary>
    internal long Position { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <returns>False when another file has taken the place of the one read so far; nothing was read then.</returns>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    internal bool Read(JournalLine add)
    {
        FileInfo known = new(path);
        // A pipe has no length and would block; a link could lead anywhere.
        if (!known.Exists || known.Length == 0 || RegularFile.IsLink(known))
        {
            return Position == 0;
        }

        // Called for every id in a pipeline, mostly without a change.
        if (known.Length == Position && known.LastWriteTimeUtc == _written)
        {
            return true;
        }

        using FileStream file = Open();
        if (file.Length < Position || !IsSame(file))
        {
            return false;
        }

        Position = ReadLines(file, Position, add);
        _written = known.LastWriteTimeUtc;
        return true;
    }

    /// <summary>Reads all lines, whatever was read before.</summary>
    internal void ReadAll(JournalLine add)
    {
        if (File.Exists(path))
        {
            using FileStream file = Open();
            ReadLines(file, 0, add);
        }
    }

    /// <summary>The entry whose line begins at an offset, or null.</summary>
    internal JournalEntry? ReadAt(long offset)
    {
        using FileStream file = Open();
        file.Seek(offset, SeekOrigin.Begin);
        using StreamReader reader = new(file);
        return reader.ReadLine() is { } line ? JournalEntry.Parse(Encoding.UTF8.GetBytes(line), out _) : null;
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private bool IsSame(FileStream file)
    {
        byte[] head = new byte[Math.Min(HeadSize, file.Length)];
        int length = file.Read(head, 0, head.Length);
        bool isSame = head.AsSpan(0, length).StartsWith(_head);
        _head = isSame ? head : _head;
        return isSame;
    }

    private static long ReadLines(FileStream file, long position, JournalLine add)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LongestLine);
        try
        {
            int held = 0;
            bool isSkipping = false;
            file.Seek(position, SeekOrigin.Begin);
            for (int read; (read = file.Read(buffer, held, buffer.Length - held)) > 0;)
            {
                held += read;
                int start = 0;
                for (int length;
                    (length = buffer.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0;
                    start += length + 1)
                {
                    if (!isSkipping)
                    {
                        add(buffer.AsSpan(start, length), position + start);
                    }

                    isSkipping = false;
                }

                if (start == 0 && held == buffer.Length)
                {
                    // Counted as damage once, then skipped to its end.
                    add(isSkipping ? default : "?"u8, position);
                    isSkipping = true;
                    start = held;
                }

                buffer.AsSpan(start, held - start).CopyTo(buffer);
                held -= start;
                position += start;
            }

            return position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>
/// The created tasks that rotation has moved out of the journal: found by id, without keeping them in memory.
/// </summary>
internal sealed class JournalArchive(string path)
{
    // 64-bit hashes of keys; the line itself is compared afterwards.
    private readonly Dictionary<ulong, long> _offsets = [];
    private readonly HashSet<string> _accounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _salts = new(StringComparer.Ordinal);
    private JournalFile _file = new(path);

    internal string Path => path;

    internal JournalEntry? Find(string key)
    {
        lock (_offsets)
        {
            Read();
            JournalEntry? entry = _offsets.TryGetValue(Hash(key), out long offset) ? _file.ReadAt(offset) : null;
            return entry?.Keys.Contains(key) == true ? entry : null;
        }
    }

    /// <summary>Adds the account fingerprints and the salts of request fingerprints that are in use.</summary>
    internal void AddUsed(ISet<string> accounts, ISet<string> salts)
    {
        lock (_offsets)
        {
            Read();
            accounts.UnionWith(_accounts);
            salts.UnionWith(_salts);
        }
    }

    private void Read()
    {
        while (!_file.Read(Note))
        {
            // Another file has taken its place.
            _file = new JournalFile(path);
            _offsets.Clear();
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
        if (JournalEntry.Parse(line, out _) is not { } entry)
        {
            return;
        }

        _accounts.Add(entry.Account);
        _salts.UnionWith(entry.Request is null ? [] : [entry.Request.Split('.')[0]]);
        foreach (string key in entry.Keys)
        {
            _offsets[Hash(key)] = offset;
        }
    }

    // FNV-1a, because string.GetHashCode has 32 bits and differs between processes.
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
