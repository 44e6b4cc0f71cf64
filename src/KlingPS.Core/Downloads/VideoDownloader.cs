using System.Net.Http.Headers;
using KlingPS.Http;

namespace KlingPS.Downloads;

/// <summary>Brings one video to its file: streamed, continued where it broke off, checked, and named last.</summary>
internal sealed class VideoDownloader(KlingConnection connection, IRequestTrace trace, SaveOptions options)
{
    private readonly VideoSource _source = new(connection, trace);

    /// <param name="video">With a URL.</param>
    /// <param name="path">The final path; its folder exists.</param>
    /// <param name="cancellationToken">Ends it; what has arrived stays for the next time.</param>
    /// <exception cref="KlingException">The last error, after retries where they help.</exception>
    internal async Task SaveAsync(KlingVideo video, string path, CancellationToken cancellationToken)
    {
        PartialFile partial = new(path);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await FetchAsync(video, partial, cancellationToken).ConfigureAwait(false);
                partial.Complete(options.Overwrite);
                return;
            }
            catch (KlingException e) when (e.CanResend && attempt < connection.Settings.MaxRetryCount)
            {
                TimeSpan pause = ResendPolicy.PauseBefore(attempt, e.RetryAfter, Platform.NextRandom());
                trace.Pausing(pause, e.Message);
                await connection.Time.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FetchAsync(KlingVideo video, PartialFile partial, CancellationToken cancellationToken)
    {
        TimeSpan limit = connection.Settings.RequestTimeout;
        using CancellationTokenSource stall = connection.Time.CancelAfter(limit);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            long have = partial.ResumableLength();
            using HttpResponseMessage response = await _source.OpenAsync(video, partial, have, both.Token).ConfigureAwait(false);
            await SaveBodyAsync(video, partial, response, () => stall.CancelAfter(limit), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            throw DownloadErrors.Stalled(video, limit);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw DownloadErrors.Lost(video, e);
        }
    }

    private async Task SaveBodyAsync(
        KlingVideo video,
        PartialFile partial,
        HttpResponseMessage response,
        Action alive,
        CancellationToken cancellationToken)
    {
        ContentRangeHeaderValue? rest = (int)response.StatusCode == 206 ? response.Content.Headers.ContentRange : null;
        long start = rest?.From ?? 0;
        long? total = rest is null ? response.Content.Headers.ContentLength : rest.Length ?? rest.To + 1;
        if (total > options.MaxBytes)
        {
            partial.Discard();
            throw DownloadErrors.TooLarge(video, options.MaxBytes, total);
        }

        using Stream body = await Platform.ReadAsStreamAsync(response.Content, cancellationToken).ConfigureAwait(false);
        bool isAll;
        using (FileStream file = partial.OpenAt(start, response))
        {
            VideoCopy copy = new(body, file, partial, options.Received);
            try
            {
                isAll = await copy.RunAsync(total ?? options.MaxBytes, alive, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (total is not null && e is HttpRequestException or IOException)
            {
                throw DownloadErrors.TooShort(video, file.Length, total!.Value, e);
            }

            if (isAll && file.Length == 0)
            {
                throw DownloadErrors.Unexpected(video, VideoSource.EmptyFile);
            }

            if (isAll && file.Length < total)
            {
                throw DownloadErrors.TooShort(video, file.Length, total.Value);
            }

            if (isAll)
            {
                partial.Settle(file);
            }
        }

        if (!isAll)
        {
            // A server that contradicts itself has given nothing worth continuing.
            partial.Discard();
            throw total is { } announced
                ? DownloadErrors.TooLong(video, announced)
                : DownloadErrors.TooLarge(video, options.MaxBytes, null);
        }
    }
}
