using System.Buffers;
using System.Net.Http.Headers;
using KlingPS.Transport;

namespace KlingPS.Downloads;

/// <summary>Brings one video to its file: streamed, continued where it broke off, checked, and named last.</summary>
internal sealed class VideoDownloader(KlingConnection connection, IRequestTrace trace, SaveOptions options)
{
    private const string EmptyFile = "the server sent an empty file";
    private const int MaxRedirects = 5;
    private const int BufferSize = 128 * 1024;

    // A download is stalled below 1 KB per minute, or when nothing arrives within the request timeout.
    private const double MinBytesPerSec = 1024.0 / 60;
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(60);

    /// <param name="path">The final path; its folder exists.</param>
    /// <exception cref="KlingException">The last error, after retries where they help.</exception>
    internal async Task SaveAsync(KlingVideo video, string path, CancellationToken cancellationToken)
    {
        if (!options.Overwrite && File.Exists(path))
        {
            throw DownloadErrors.Exists(path);
        }

        using PartialFile partial = new(path);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await FetchAsync(video, partial, cancellationToken).ConfigureAwait(false);
                partial.Complete(options.Overwrite);
                return;
            }
            catch (KlingException e) when (e.IsRetryable && attempt < connection.Settings.MaxRetryCount)
            {
                TimeSpan pause = RetryDelay.Before(attempt, e.RetryAfter, Platform.NextRandom());
                await trace.PauseAsync(connection.Time, pause, e.WhatHappened, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FetchAsync(KlingVideo video, PartialFile partial, CancellationToken cancellationToken)
    {
        TimeSpan limit = connection.Settings.RequestTimeout;
        int least = 1;
        using CancellationTokenSource stall = connection.Time.CancelAfter(limit);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await OpenAsync(video, partial, both.Token).ConfigureAwait(false);
            limit = limit < LongestStall ? limit : LongestStall;
            least = Math.Max(1, (int)(MinBytesPerSec * limit.TotalSeconds));
            stall.CancelAfter(limit);
            long moved = 0;
            Action<int> arrived = count =>
            {
                moved += count;
                if (moved >= least)
                {
                    moved = 0;
                    stall.CancelAfter(limit);
                }
            };
            await SaveBodyAsync(video, partial, response, arrived, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            throw DownloadErrors.Stalled(video, least, limit);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw DownloadErrors.Lost(video, e);
        }
    }

    /// <returns>200 with the whole, or 206 with the rest of the very version that is there.</returns>
    private async Task<HttpResponseMessage> OpenAsync(
        KlingVideo video,
        PartialFile partial,
        CancellationToken cancellationToken)
    {
        long have = partial.ResumableLength();
        if (have > options.MaxBytes)
        {
            partial.Discard();
            have = 0;
        }

        Uri address = video.Url!;
        for (int redirects = 0; ;)
        {
            HttpResponseMessage response =
                await SendAsync(address, partial, have, cancellationToken).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            bool isFile = status == 200 || (status == 206 && have > 0 && partial.IsContinuedBy(response, have));
            if (isFile && GetValidationError(response) is null)
            {
                return response;
            }

            using (response)
            {
                if (isFile)
                {
                    throw DownloadErrors.Unexpected(video, GetValidationError(response)!);
                }

                if (status is 416 or 206 && have > 0)
                {
                    // Our partial file is not the beginning of this version.
                    partial.Discard();
                    have = 0;
                }
                else if (ResponseHeaders.Location(response, address) is { } target)
                {
                    address = Follow(video, address, target, redirects++);
                }
                else
                {
                    TimeSpan? pause = ResponseHeaders.PauseAskedFor(response, connection.Time);
                    throw DownloadErrors.Status(video, status, pause);
                }
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri address,
        PartialFile partial,
        long have,
        CancellationToken cancellationToken)
    {
        // No Authorization here: the file's host is not the service's, and its URL is signed.
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (have > 0)
        {
            partial.AskForRest(request, have);
        }

        long started = connection.Time.GetTimestamp();
        int? status = null;
        string? failure = null;
        try
        {
            HttpResponseMessage response = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            status = (int)response.StatusCode;
            return response;
        }
        catch (HttpRequestException e)
        {
            failure = "failed: " + Redactor.Message(e.GetBaseException().Message, null);
            throw;
        }
        finally
        {
            TimeSpan elapsed = connection.Time.GetElapsedTime(started);
            trace.Completed(new RequestTrace(request.Method, address, elapsed) { Status = status, Failure = failure });
        }
    }

    private async Task SaveBodyAsync(
        KlingVideo video,
        PartialFile partial,
        HttpResponseMessage response,
        Action<int> arrived,
        CancellationToken cancellationToken)
    {
        // IsContinuedBy has checked the range of a 206.
        ContentRangeHeaderValue? rest = (int)response.StatusCode == 206 ? response.Content.Headers.ContentRange : null;
        long? total = rest is null ? response.Content.Headers.ContentLength : rest.Length;
        if (total > options.MaxBytes)
        {
            partial.Discard();
            throw DownloadErrors.TooLarge(video, options.MaxBytes, total);
        }

        if (response.Content.Headers.ContentLength is { } announced)
        {
            options.Announced(announced);
        }

        long? end = rest is null ? total : rest.To + 1;
        bool isAll;
        using Stream body = await Platform.ReadAsStreamAsync(response.Content, cancellationToken).ConfigureAwait(false);
        using (FileStream file = rest is null ? partial.Begin(response) : partial.Continue(rest.From!.Value))
        {
            try
            {
                isAll = await CopyAsync(body, file, partial, end ?? options.MaxBytes, arrived, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (total is not null && e is HttpRequestException or IOException)
            {
                throw DownloadErrors.TooShort(video, file.Length, total!.Value, e);
            }

            if (isAll)
            {
                CheckWhole(video, response, file.Length, total);
                // A power cut after the rename must not leave a hole in the file.
                FileFailure.Guard(partial.FinalPath, () => file.Flush(flushToDisk: true));
            }
        }

        if (!isAll)
        {
            // The server contradicts itself, so its bytes are not worth continuing.
            partial.Discard();
            throw end is { } promised
                ? DownloadErrors.TooLong(video, promised)
                : DownloadErrors.TooLarge(video, options.MaxBytes, null);
        }
    }

    /// <returns>False when there was more than the file may become; that is not written.</returns>
    private async Task<bool> CopyAsync(
        Stream body,
        FileStream file,
        PartialFile partial,
        long end,
        Action<int> arrived,
        CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int count = await Platform.ReadAsync(body, buffer, 0, buffer.Length, cancellationToken)
                    .ConfigureAwait(false);
                if (count == 0)
                {
                    return true;
                }

                arrived(count);
                if (count > end - file.Position)
                {
                    return false;
                }

                // Synchronously: the system caches a piece at once, while asynchronous file I/O costs half the speed.
                FileFailure.Guard(partial.FinalPath, () => file.Write(buffer, 0, count));
                options.Received(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CheckWhole(KlingVideo video, HttpResponseMessage response, long length, long? total)
    {
        if (length == 0)
        {
            throw DownloadErrors.Unexpected(video, EmptyFile);
        }

        if (length < total)
        {
            throw DownloadErrors.TooShort(video, length, total.Value);
        }

        // Without length and chunks, the end of an HTTP/1 body looks like a lost connection.
        if (total is null && response.Headers.TransferEncodingChunked != true && response.Version.Major < 2)
        {
            throw DownloadErrors.Endless(video, length);
        }
    }

    private static Uri Follow(KlingVideo video, Uri from, Uri to, int redirects) =>
        redirects >= MaxRedirects
            ? throw DownloadErrors.Unexpected(video, $"the server redirected more than {MaxRedirects} times")
        : to.Scheme == from.Scheme || to.Scheme == Uri.UriSchemeHttps ? to
        : throw DownloadErrors.Unexpected(video, $"the server redirected from {from.Scheme} to {to.Scheme}");

    private static string? GetValidationError(HttpResponseMessage response) =>
        response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity")
            ? "the server sent it compressed"
        : response.Content.Headers.ContentLength == 0 ? EmptyFile
        : response.Content.Headers.ContentType?.MediaType is "text/html" or "application/json"
            ? "the server sent a page instead of a video"
        : null;
}

/// <summary>How videos are saved.</summary>
/// <param name="Overwrite">Whether a file of that name may be replaced.</param>
/// <param name="MaxBytes">The largest file to save, in bytes; nothing on the disk is ever larger.</param>
/// <param name="IsTemporary">Whether the file is gone in a moment, so that nothing needs to know what is in it.</param>
internal sealed record SaveOptions(
    bool Overwrite = false,
    long MaxBytes = SaveOptions.DefaultMaxBytes,
    bool IsTemporary = false)
{
    /// <summary>
    /// 2 GB. The longest video the service makes has 180 s and stays well under 1 GB at any known bitrate; a server
    /// that is wrong or hostile must not be able to fill the disk.
    /// </summary>
    internal const long DefaultMaxBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>Gets how many bytes a response announces, at each attempt.</summary>
    internal Action<long> Announced { get; init; } = _ => { };

    /// <summary>Gets the bytes of each piece once it is written.</summary>
    internal Action<long> Received { get; init; } = _ => { };
}
