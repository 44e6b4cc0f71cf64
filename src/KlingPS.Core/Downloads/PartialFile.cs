using System.Globalization;
using System.Net.Http.Headers;

namespace KlingPS.Downloads;

/// <summary>
/// The file while it is not whole: <c>name.partial</c>, and beside it the server's mark of the version it belongs to. A
/// partial file is continued only when the server confirms that mark, so two versions are never joined. Every call that
/// touches the files throws FileNotWritable where that cannot be done.
/// </summary>
internal sealed class PartialFile(string finalPath)
{
    private readonly string _path = finalPath + ".partial";
    private readonly string _markPath = finalPath + ".partial.tag";

    // What the mark file says: a strong entity tag or a date; null where there is none that can be used.
    private RangeConditionHeaderValue? _mark;

    internal string FinalPath => finalPath;

    /// <summary>How much is there that can be continued; 0 without a mark.</summary>
    internal long ResumableLength() => FileFailure.Guard(finalPath, () =>
    {
        _mark = File.Exists(_path) && File.Exists(_markPath) ? Read(File.ReadAllText(_markPath).Trim()) : null;
        return _mark is null ? 0 : new FileInfo(_path).Length;
    });

    /// <summary>Asks for the rest only, on condition that the file is still the same.</summary>
    internal void AskForRest(HttpRequestMessage request, long have)
    {
        request.Headers.Range = new RangeHeaderValue(have, null);
        request.Headers.IfRange = _mark;
    }

    /// <summary>Whether an answer really is the rest of this version: a server may continue another one all the same.</summary>
    internal bool IsContinuedBy(HttpResponseMessage response, long have) =>
        response.Content.Headers.ContentRange?.From == have
        && (_mark?.EntityTag is { } tag
            ? tag.Equals(response.Headers.ETag)
            // Unlike the tag, the date may be left out of a 206 (RFC 9110, 15.3.7).
            : response.Content.Headers.LastModified is not { } date || date == _mark?.Date);

    /// <summary>Opens the partial file at the given length; nobody else may write it meanwhile.</summary>
    internal FileStream OpenAt(long length, HttpResponseMessage response) => FileFailure.Guard(finalPath, () =>
    {
        FileStream file = new(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
        try
        {
            if (file.Length != length)
            {
                file.SetLength(length);
            }

            file.Seek(length, SeekOrigin.Begin);
            if (length == 0)
            {
                Remember(response);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>Brings the whole file to the disk itself, so that a power cut after its renaming leaves no hole in it.</summary>
    internal void Settle(FileStream file) => FileFailure.Guard(finalPath, () => file.Flush(flushToDisk: true));

    /// <summary>Gives the whole file its name; the last step.</summary>
    /// <exception cref="KlingException">FileExists too.</exception>
    internal void Complete(bool overwrite) => FileFailure.Guard(finalPath, () =>
    {
        if (overwrite)
        {
            Platform.Replace(_path, finalPath);
        }
        else if (File.Exists(finalPath))
        {
            throw DownloadErrors.Exists(finalPath);
        }
        else
        {
            File.Move(_path, finalPath);
        }

        File.Delete(_markPath);
    });

    internal void Discard() => FileFailure.Guard(finalPath, () =>
    {
        File.Delete(_path);
        File.Delete(_markPath);
    });

    private static RangeConditionHeaderValue? Read(string mark) =>
        EntityTagHeaderValue.TryParse(mark, out EntityTagHeaderValue? tag)
            ? tag.IsWeak ? null : new RangeConditionHeaderValue(tag)
            : DateTimeOffset.TryParseExact(mark, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
                ? new RangeConditionHeaderValue(date)
                : null;

    // A weak tag does not promise the same bytes, so it is no mark.
    private void Remember(HttpResponseMessage response)
    {
        string? mark = response.Headers.ETag is { IsWeak: false } tag
            ? tag.ToString()
            : response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
        if (mark is null)
        {
            File.Delete(_markPath);
        }
        else
        {
            File.WriteAllText(_markPath, mark);
        }
    }
}
