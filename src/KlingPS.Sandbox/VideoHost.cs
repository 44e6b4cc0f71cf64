namespace KlingPS.Sandbox;

/// <summary>The host the video URLs point to: signed, expiring, with ranges.</summary>
internal sealed class VideoHost(SandboxOptions options, TaskStore ledger)
{
    private const string Extension = ".mp4";

    private string Folder => options.PublicBaseUri.AbsolutePath.TrimEnd('/') + "/videos/";

    internal string UrlOf(SandboxTask task) =>
        new Uri(options.PublicBaseUri, Folder + task.VideoId + Extension).AbsoluteUri + "?" + Signature(task);

    internal bool Owns(string path) =>
        path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(Extension, StringComparison.Ordinal);

    internal SandboxResponse Serve(SandboxRequest request, string path, string query)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return Empty(405, new Dictionary<string, string> { ["Allow"] = "GET, HEAD" });
        }

        DateTimeOffset now = options.Time.GetUtcNow();
        string videoId = path.Substring(Folder.Length, path.Length - Folder.Length - Extension.Length);
        SandboxTask? task = ledger.FindByVideo(videoId);
        return task is null || !task.HasVideoAt(now) || now >= task.ExpiresAt || !IsSigned(task, query)
            ? Empty(403, [])
            : Send(request, task);
    }

    private static string Signature(SandboxTask task) => string.Format(
        CultureInfo.InvariantCulture,
        "x-kcdn-pid=sandbox&ksSecret={0}&ksTime={1:x}",
        task.Secret,
        task.ExpiresAt.ToUnixTimeSeconds());

    // Further parameters, such as that of a watermarked copy, are not signed.
    private static bool IsSigned(SandboxTask task, string query)
    {
        string[] given = query.Split('&');
        return Signature(task).Split('&').All(given.Contains);
    }

    private static SandboxResponse Send(SandboxRequest request, SandboxTask task)
    {
        byte[] file = VideoTemplate.OfLength(task.Length);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Accept-Ranges"] = "bytes",
            ["ETag"] = $"\"{task.VideoId}\"",
            ["Last-Modified"] = task.FinishedAt.ToString("R", CultureInfo.InvariantCulture),
        };
        if (request.Method == "GET"
            && request.Header("Range") is { } header
            && ByteRange.TryParse(header, file.Length, out ByteRange range)
            && request.Header("If-Range") is var validator
            && (validator is null || validator == headers["ETag"] || validator == headers["Last-Modified"]))
        {
            return Part(file, range, headers);
        }

        headers["Content-Type"] = "video/mp4";
        headers["Content-Length"] = file.Length.ToString(CultureInfo.InvariantCulture);
        return new SandboxResponse(200, headers, request.Method == "HEAD" ? [] : file);
    }

    private static SandboxResponse Part(byte[] file, ByteRange range, Dictionary<string, string> headers)
    {
        if (range.Length <= 0)
        {
            headers["Content-Range"] = $"bytes */{file.Length}";
            return Empty(416, headers);
        }

        headers["Content-Type"] = "video/mp4";
        headers["Content-Length"] = range.Length.ToString(CultureInfo.InvariantCulture);
        headers["Content-Range"] = $"bytes {range.First}-{range.Last}/{file.Length}";
        return new SandboxResponse(206, headers, file.AsSpan((int)range.First, (int)range.Length).ToArray());
    }

    private static SandboxResponse Empty(int status, Dictionary<string, string> headers)
    {
        headers["Content-Length"] = "0";
        return new SandboxResponse(status, headers, []);
    }
}
