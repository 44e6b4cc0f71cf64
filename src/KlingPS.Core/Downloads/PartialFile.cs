using System.Net.Http.Headers;

namespace KlingPS.Downloads;

/// <summary>
/// The file while it is not whole: <c>name.partial</c>, and beside it the server's mark of the version it belongs to. A
/// partial file is continued only when the server confirms that mark, so two versions are never joined.
/// </summary>
internal sealed class PartialFile(string finalPath)
{
    private readonly string _tagPath = finalPath + ".partial.tag";

    internal string Path { get; } = finalPath + ".partial";

    internal string FinalPath => finalPath;

    /// <summary>How much is there that can be continued; 0 without a mark.</summary>
    internal long ResumableLength() => Validator() is null || !File.Exists(Path) ? 0 : new FileInfo(Path).Length;

    /// <summary>Asks for the rest only, on condition that the file is still the same.</summary>
    internal void AskForRest(HttpRequestMessage request, long have)
    {
        request.Headers.Range = new RangeHeaderValue(have, null);
        request.Headers.IfRange = Validator();
    }

    /// <summary>Whether an answer really is the rest of this version: a server may continue another one all the same.</summary>
    internal bool IsContinuedBy(HttpResponseMessage response, long have)
    {
        string mark = File.ReadAllText(_tagPath).Trim();
        string? offered = mark[0] == '"' ? response.Headers.ETag?.ToString() : DateOf(response);
        return response.Content.Headers.ContentRange?.From == have && (offered is null || offered == mark);
    }

    /// <summary>Opens the partial file at the given length; nobody else may write it meanwhile.</summary>
    internal FileStream OpenAt(long length, HttpResponseMessage response)
    {
        FileStream file = new(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, useAsync: true);
        try
        {
            file.SetLength(length);
            file.Seek(length, SeekOrigin.Begin);
            Remember(response);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives the whole file its name; the last step.</summary>
    internal void Complete(bool overwrite)
    {
        if (overwrite)
        {
            Platform.Replace(Path, finalPath);
        }
        else
        {
            File.Move(Path, finalPath);
        }

        File.Delete(_tagPath);
    }

    internal void Discard()
    {
        File.Delete(Path);
        File.Delete(_tagPath);
    }

    private RangeConditionHeaderValue? Validator()
    {
        string? mark = File.Exists(_tagPath) ? File.ReadAllText(_tagPath).Trim() : null;
        if (mark is not null && EntityTagHeaderValue.TryParse(mark, out EntityTagHeaderValue? tag) && !tag.IsWeak)
        {
            return new RangeConditionHeaderValue(tag);
        }

        return DateTimeOffset.TryParse(
            mark,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out DateTimeOffset date)
                ? new RangeConditionHeaderValue(date)
                : null;
    }

    // A weak tag does not promise the same bytes, so it is no mark.
    private void Remember(HttpResponseMessage response)
    {
        if (MarkOf(response) is { } mark)
        {
            File.WriteAllText(_tagPath, mark);
        }
        else if ((int)response.StatusCode != 206)
        {
            File.Delete(_tagPath);
        }
    }

    private static string? MarkOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag
            ? tag.ToString()
            : DateOf(response);

    private static string? DateOf(HttpResponseMessage response) =>
        response.Content.Headers.LastModified?.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
