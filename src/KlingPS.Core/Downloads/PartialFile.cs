using System.Net.Http.Headers;

namespace KlingPS.Downloads;

/// <summary>
/// The file while it is not whole: <c>name.partial</c>, and beside it in <c>name.partial.tag</c> the validator and the
/// length of the version it belongs to. It is continued only when the server confirms both, so two versions are never
/// joined. The tag is also the lock: it is held until the file has its name, or is given up. Every call that touches
/// the files throws FileNotWritable where that cannot be done.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    // Marks a deleted tag: whoever opened it before the deletion sees that its lock is void.
    private static readonly byte[] Deleted = "deleted"u8.ToArray();

    private const int MaxTagBytes = 4096;
    private const int MaxLockAttempts = 3;

    private readonly string _path;
    private readonly string _tagPath;
    private readonly FileStream _tag;

    // A strong entity tag or a date; null without one.
    private RangeConditionHeaderValue? _validator;
    private long? _total;
    private bool _isOurs;

    /// <exception cref="KlingException">FileNotWritable, also while another command saves the same file.</exception>
    internal PartialFile(string finalPath)
    {
        FinalPath = finalPath;
        _path = finalPath + ".partial";
        _tagPath = finalPath + ".partial.tag";
        try
        {
            _tag = Lock();
        }
        catch (IOException e) when (RegularFile.IsLocked(e))
        {
            throw DownloadErrors.InUse(finalPath, e);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw DownloadErrors.NotWritable(finalPath, e);
        }
    }

    internal string FinalPath { get; }

    /// <summary>How much is there that can be continued; 0 without a validator.</summary>
    internal long ResumableLength() => FileFailure.Guard(FinalPath, FindLength);

    /// <summary>Asks for the rest only, on condition that the file is still the same.</summary>
    internal void AskForRest(HttpRequestMessage request, long have)
    {
        request.Headers.Range = new RangeHeaderValue(have, null);
        request.Headers.IfRange = _validator;
    }

    /// <summary>
    /// Whether an answer is the rest of this version: a server may continue another one all the same.
    /// </summary>
    internal bool IsContinuedBy(HttpResponseMessage response, long have) =>
        response.Content.Headers.ContentRange is { Unit: "bytes", From: { } from, To: { } to, Length: { } total }
        && from == have
        && to < total
        && (_total is null || _total == total)
        && (response.Content.Headers.ContentLength is not { } length || length == to - from + 1)
        && (_validator?.EntityTag is { } tag
            ? tag.Equals(response.Headers.ETag)
            // Unlike the tag, the date may be left out of a 206 (RFC 9110, 15.3.7).
            : response.Content.Headers.LastModified is not { } date || date == _validator?.Date);

    /// <summary>Opens what is there, to append to it.</summary>
    internal FileStream Continue(long have) => FileFailure.Guard(FinalPath, () =>
    {
        FileStream file = RegularFile.Open(_path, FileShare.None);
        _isOurs = true;
        if (file.Length == have)
        {
            file.Seek(have, SeekOrigin.Begin);
            return file;
        }

        file.Dispose();
        throw new IOException($"'{_path}' was changed by another program");
    });

    /// <summary>Begins again with the version of an answer.</summary>
    internal FileStream Begin(HttpResponseMessage response) => FileFailure.Guard(FinalPath, () =>
    {
        // A new file: whatever has this name may be a link, a hard link or a pipe.
        File.Delete(_path);
        FileStream file = new(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        _isOurs = true;
        try
        {
            Remember(response);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>Gives the whole file its name; the last step.</summary>
    /// <exception cref="KlingException">FileExists too; then nothing of what was saved is kept.</exception>
    internal void Complete(bool overwrite) => FileFailure.Guard(FinalPath, () =>
    {
        if (!FileFailure.TryRename(_path, FinalPath, overwrite))
        {
            Discard();
            throw DownloadErrors.Exists(FinalPath);
        }

        _isOurs = false;
        _validator = null;
    });

    /// <summary>Throws away what is there.</summary>
    internal void Discard() => FileFailure.Guard(FinalPath, () =>
    {
        File.Delete(_path);
        WriteTag([]);
        _validator = null;
        _total = null;
    });

    /// <summary>Gives up the lock, and leaves nothing behind but what can be continued.</summary>
    public void Dispose()
    {
        try
        {
            if (FindLength() == 0)
            {
                if (_isOurs)
                {
                    File.Delete(_path);
                }

                File.Delete(_tagPath);
                WriteTag(Deleted);
            }
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            // The next command overwrites what is left.
        }
        finally
        {
            _tag.Dispose();
        }
    }

    private FileStream Lock()
    {
        for (int attempt = 0; attempt < MaxLockAttempts; attempt++)
        {
            FileStream tag = RegularFile.Open(_tagPath, FileShare.Delete);
            byte[] content = new byte[MaxTagBytes];
            int count = tag.Length < MaxTagBytes ? tag.Read(content, 0, MaxTagBytes) : 0;
            if (!content.AsSpan(0, count).SequenceEqual(Deleted))
            {
                ReadTag(Encoding.UTF8.GetString(content, 0, count).Split('\n'));
                return tag;
            }

            tag.Dispose();
        }

        throw new IOException($"'{_tagPath}' is not a resume tag");
    }

    private void ReadTag(string[] lines)
    {
        string validator = lines[0].Trim();
        _validator = EntityTagHeaderValue.TryParse(validator, out EntityTagHeaderValue? tag)
            ? tag.IsWeak ? null : new RangeConditionHeaderValue(tag)
            : DateTimeOffset.TryParseExact(
                validator, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
                ? new RangeConditionHeaderValue(date)
                : null;
        _total = long.TryParse(lines.Last(), NumberStyles.None, CultureInfo.InvariantCulture, out long total)
            ? total
            : null;
    }

    // A weak tag does not promise the same bytes.
    private void Remember(HttpResponseMessage response)
    {
        _validator = response.Headers.ETag is { IsWeak: false } tag ? new RangeConditionHeaderValue(tag)
            : response.Content.Headers.LastModified is { } date ? new RangeConditionHeaderValue(date)
            : null;
        _total = response.Content.Headers.ContentLength;
        WriteTag(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{_validator}\n{_total}")));
    }

    private void WriteTag(byte[] content)
    {
        _tag.SetLength(0);
        _tag.Write(content, 0, content.Length);
        _tag.Flush();
    }

    private long FindLength() =>
        _validator is not null && File.Exists(_path) && !RegularFile.IsLink(_path) ? new FileInfo(_path).Length : 0;
}
