using System.Collections.Concurrent;

namespace KlingPS.Journal;

/// <summary>A journal in a file that any number of processes append to.</summary>
/// <remarks>
/// A lock file beside it is held for one append, because .NET offers no atomic one; the system frees it with the process
/// that held it. Readers take no lock: they read whole lines only.
/// </remarks>
internal sealed class FileJournalStore(string path, TimeProvider time) : IJournalStore
{
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(30);

    // Threads of this process queue here instead of contending for the file.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _gate = Gates.GetOrAdd(path, _ => new SemaphoreSlim(1, 1));

    public string Name => path;

    public async Task AppendAsync(byte[] line, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Platform.CreatePrivateDirectory(Path.GetDirectoryName(path)!);
            using FileStream held = await LockAsync(cancellationToken).ConfigureAwait(false);
            Append(line);
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

    public JournalLines Read(long position)
    {
        try
        {
            // Asked for every id of a pipeline: mostly nothing has changed.
            if (new FileInfo(path) is { Exists: true } known && known.Length == position)
            {
                return new JournalLines([], position);
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Shorter than what was read: somebody put another file in its place.
            bool beganAnew = file.Length < position;
            long start = beganAnew ? 0 : position;
            byte[] rest = new byte[file.Length - start];
            file.Seek(start, SeekOrigin.Begin);
            int count = 0;
            for (int read; count < rest.Length && (read = file.Read(rest, count, rest.Length - count)) > 0;)
            {
                count += read;
            }

            int end = rest.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
            Array.Resize(ref rest, end);
            return new JournalLines(rest, start + end, beganAnew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No journal yet, or none that may be read: there is nothing to know.
            return new JournalLines([], 0, position > 0);
        }
    }

    public JournalLines ReadEnd(int bytes)
    {
        FileInfo known = new(path);
        long start = known.Exists ? Math.Max(0, known.Length - bytes) : 0;
        JournalLines lines = Read(start);

        // Somewhere in a line, of which the rest is no line.
        int first = start == 0 || lines.BeganAnew ? 0 : Array.IndexOf(lines.Bytes, (byte)'\n') + 1;
        return lines with { Bytes = [.. lines.Bytes.Skip(first)] };
    }

    private void Append(byte[] line)
    {
        using FileStream file = Platform.OpenPrivate(path, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(0, SeekOrigin.End);
        if (file.Length > 0)
        {
            // A process that died in the middle of its line, or a full disk, must not damage ours.
            file.Seek(-1, SeekOrigin.End);
            line = file.ReadByte() == '\n' ? line : [(byte)'\n', .. line];
        }

        file.Write(line, 0, line.Length);
        file.Flush(flushToDisk: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Platform.OpenPrivate(path + ".lock", FileShare.None);
            }
            catch (IOException e) when (IsHeld(e) && time.GetElapsedTime(started) < LongestLock)
            {
                // Another process appends; that takes about a millisecond.
            }

            await time.Delay(TimeSpan.FromMilliseconds(1 + (4 * Platform.NextRandom())), cancellationToken).ConfigureAwait(false);
        }
    }

    // Sharing violations: 32 and 33 on Windows, EWOULDBLOCK on Linux (11) and macOS (35).
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 32 or 33 or 11 or 35;
}
