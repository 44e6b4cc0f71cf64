using System.Collections.Concurrent;

namespace KlingPS.Journal;

/// <summary>A journal in a file that any number of processes append to.</summary>
/// <remarks>
/// A lock file beside it is held for one append, because .NET offers no atomic one; the system frees it with the
/// process that held it. Where the file system ignores locks, each process appends to a file of its own, and readers
/// read them all.
/// </remarks>
internal sealed class FileJournalStore(string path, TimeProvider time) : IJournalStore
{
    // A megabyte is about a thousand submissions, read in milliseconds.
    private const long RotationSize = 1024 * 1024;

    private static readonly TimeSpan RotationAge = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(30);

    // To list the folder takes longer than to read what is new, and a wait asks for each of its tasks.
    private static readonly TimeSpan ListedFor = TimeSpan.FromSeconds(0.1);

    // Threads of this process queue here instead of contending for the file.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _gate = Gates.GetOrAdd(path, _ => new SemaphoreSlim(1, 1));
    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly JournalArchive _archive = new(Path.Combine(Path.GetDirectoryName(path)!, "archive.jsonl"));
    private readonly Dictionary<string, JournalFile> _files = new(StringComparer.Ordinal);

    // The files of processes that could not lock the common one.
    private string[] _own = [];
    private long? _listedAt;

    // The file this process appends to: its own one where the common one cannot be locked.
    private string? _target;

    public string Name => path;

    public string? Warning => _target is null || _target == path
        ? null
        : $"Files in '{_folder}' cannot be locked, so this process uses its own journal '{Path.GetFileName(_target)}'. "
            + "Set $env:XDG_STATE_HOME to a folder on a local disk.";

    public bool IsExclusive => _target is null || _target == path;

    public Task AppendAsync(Func<byte[]> lines, bool flush, CancellationToken cancellationToken) => WithLockAsync(
        () =>
        {
            if (lines() is { Length: > 0 } made)
            {
                Append(_target!, made, flush);
            }
        },
        cancellationToken);

    public JournalIndex Read(JournalIndex index)
    {
        try
        {
            foreach (JournalFile file in Files())
            {
                if (!file.Read((line, _) => index.Add(line)))
                {
                    // Rotated or removed: build the index anew.
                    _files.Clear();
                    return Read(new JournalIndex());
                }
            }
        }
        catch (IOException)
        {
            // The other files must be read again into the new index.
            _files.Clear();
            throw;
        }

        return index;
    }

    public bool IsDueForRotation(JournalIndex index, DateTimeOffset now) =>
        _files.TryGetValue(path, out JournalFile? file)
        && (_target is null || _target == path)
        && (index.HasDropped
            || file.Position > RotationSize + (2 * index.KeptBytes)
            || (file.Position > RotationSize / 16 && now - index.Since > RotationAge));

    public Task RotateAsync(Func<JournalEntry[]?> compact, CancellationToken cancellationToken)
    {
        // A rotation is tried again when the file was in use, and others may have written in between.
        HashSet<string> archived = new(StringComparer.Ordinal);
        return WithLockAsync(() => Rotate(compact, archived), cancellationToken);
    }

    public JournalEntry? FindArchived(string key) => _archive.Find(key);

    public void AddArchived(ISet<string> accounts, ISet<string> salts) => _archive.AddUsed(accounts, salts);

    public IEnumerable<JournalEntry> Archived() => _archive.All();

    private IEnumerable<JournalFile> Files()
    {
        if (!IsExclusive || _listedAt is not { } at || time.GetElapsedTime(at) > ListedFor)
        {
            _listedAt = time.GetTimestamp();
            _own = Directory.Exists(_folder) ? Directory.GetFiles(_folder, "journal.*.jsonl") : [];
        }

        foreach (string name in _own.Where(name => name != path).Prepend(path))
        {
            if (!_files.TryGetValue(name, out JournalFile? file))
            {
                _files.Add(name, file = new JournalFile(name));
            }

            yield return file;
        }
    }

    private void Rotate(Func<JournalEntry[]?> compact, HashSet<string> archived)
    {
        if (_target != path || compact() is not { } kept)
        {
            return;
        }

        // What nobody has been told of stays in the journal until it is told.
        HashSet<string> untold = [];
        untold.UnionWith(
            kept.Where(entry => entry is { Event: JournalEvent.Created, IsSettled: false }).Select(entry => entry.Id));
        List<byte[]> newer = [];
        List<string> ids = [];
        using (MemoryStream settled = new())
        {
            new JournalFile(path).ReadAll((line, _) =>
            {
                JournalEntry? entry = JournalEntry.Parse(line, out bool isNewer);
                if (isNewer)
                {
                    newer.Add([.. line, (byte)'\n']);
                }
                else if (entry is { Event: JournalEvent.Created, IsSettled: false }
                    && !untold.Contains(entry.Id) && !archived.Contains(entry.Id))
                {
                    byte[] whole = JournalIndex.Settled(entry).ToLine();
                    settled.Write(whole, 0, whole.Length);
                    ids.Add(entry.Id);
                }
            });
            Append(_archive.Path, settled.ToArray(), flush: true);
        }

        archived.UnionWith(ids);
        byte[] rest = [.. kept.SelectMany(entry => entry.ToLine()), .. newer.SelectMany(line => line)];
        JournalEntry head = new()
        {
            Event = JournalEvent.Rotated,
            Id = Guid.NewGuid().ToString("N"),
            At = time.GetUtcNow(),
            Count = rest.Length,
        };
        string next = path + ".new";
        File.Delete(next);
        Append(next, [.. head.ToLine(), .. rest], flush: true);
        Platform.Replace(next, path);
    }

    private static void Append(string file, byte[] lines, bool flush)
    {
        using FileStream stream = Platform.OpenPrivate(file, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > 0)
        {
            // The last line may be incomplete after a crash or a full disk; it must not damage ours.
            stream.Seek(-1, SeekOrigin.End);
            lines = stream.ReadByte() == '\n' ? lines : [(byte)'\n', .. lines];
        }

        stream.Write(lines, 0, lines.Length);
        if (flush)
        {
            stream.Flush(flushToDisk: true);
        }
    }

    private async Task WithLockAsync(Action act, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long started = time.GetTimestamp();
            while (!TryWithLock(act, mayRetry: time.GetElapsedTime(started) < LongestLock))
            {
                await time.DelayAsync(
                    TimeSpan.FromMilliseconds(1 + (4 * Platform.NextRandom())),
                    cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new KlingException(
                KlingError.JournalNotWritable,
                $"The journal '{path}' could not be written: {e.Message.TrimEnd('.')}.",
                e);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Fails while another process appends (about a millisecond) or a virus scanner reads a file.
    private bool TryWithLock(Action act, bool mayRetry)
    {
        try
        {
            using FileStream held = OpenLock();
            _target ??= IsLockEnforced() ? path : Path.Combine(_folder, $"journal.{Guid.NewGuid():N}.jsonl");
            act();
            return true;
        }
        catch (IOException e) when (RegularFile.IsLocked(e) && mayRetry)
        {
            return false;
        }
    }

    // Some network file systems grant a lock twice.
    private bool IsLockEnforced()
    {
        try
        {
            using FileStream second = OpenLock();
            return false;
        }
        catch (IOException e) when (RegularFile.IsLocked(e))
        {
            return true;
        }
    }

    private FileStream OpenLock()
    {
        string file = path + ".lock";
        try
        {
            return Platform.OpenPrivate(file, FileShare.None);
        }
        catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // FileNotFoundException when another process makes the folder at that moment.
            Platform.CreatePrivateDirectory(_folder);
            return Platform.OpenPrivate(file, FileShare.None);
        }
    }
}
