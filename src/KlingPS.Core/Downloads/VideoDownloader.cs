using System.Net.Http.Headers;
using KlingPS.Http;
using KlingPS.Protocol;

namespace KlingPS.Downloads;

/// <summary>Brings one video to its file: streamed, continued where it broke off, checked, and named last.</summary>
internal sealed class VideoDownloader(KlingConnection connection, IRequestTrace trace)
{
    private const int MaxRedirects = 5;

    /// <param name="video">With a URL.</param>
    /// <param name="path">The final path; its folder exists.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="received">Gets the bytes of each piece as it is written.</param>
    /// <param name="cancellationToken">Ends it; what has arrived stays for the next time.</param>
    /// <exception cref="KlingException">The last error, after retries where they help.</exception>
    internal async Task SaveAsync(
        KlingVideo video,
        string path,
        bool overwrite,
        Action<long> received,
        CancellationToken cancellationToken)
    {
        PartialFile partial = new(path);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await FetchAsync(video, partial, received, cancellationToken).ConfigureAwait(false);
                Finish(partial, overwrite);
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

    private async Task FetchAsync(KlingVideo video, PartialFile partial, Action<long> received, CancellationToken cancellationToken)
    {
        TimeSpan limit = connection.Settings.RequestTimeout;
        using CancellationTokenSource stall = connection.Time.CancelAfter(limit);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            long have = Guard(partial, partial.ResumableLength);
            using HttpResponseMessage response = await SendAsync(video, partial, have, both.Token).ConfigureAwait(false);
            bool continues = (int)response.StatusCode == 206;
            long? rest = response.Content.Headers.ContentLength;
            long? total = continues ? response.Content.Headers.ContentRange?.Length ?? have + rest : rest;
            using FileStream file = Guard(partial, () => partial.OpenAt(continues ? have : 0, response));
            using Stream source = await Platform.ReadAsStreamAsync(response.Content, both.Token).ConfigureAwait(false);
            VideoCopy copy = new(source, file, partial.FinalPath, received);
            try
            {
                await copy.RunAsync(() => stall.CancelAfter(limit), both.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (total is not null && e is HttpRequestException or IOException)
            {
                throw DownloadErrors.Incomplete(video, file.Length, total!.Value, e);
            }

            if (total is { } announced && file.Length != announced)
            {
                throw DownloadErrors.Incomplete(video, file.Length, announced);
            }
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

    private async Task<HttpResponseMessage> SendAsync(KlingVideo video, PartialFile partial, long have, CancellationToken cancellationToken)
    {
        Uri address = video.Url!;
        for (int redirects = 0; ; redirects++)
        {
            // No Authorization here: the file's host is not the service's, and its URL is signed.
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (have > 0)
            {
                partial.AskForRest(request, have);
            }

            long started = connection.Time.GetTimestamp();
            HttpResponseMessage response = await connection.Http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            int status = (int)response.StatusCode;
            trace.Completed(new RequestTrace(request.Method, address, connection.Time.GetElapsedTime(started)) { Status = status });
            bool isFile = status == 200 || (status == 206 && have > 0 && partial.IsContinuedBy(response, have));
            if (isFile && Objection(response) is not { })
            {
                return response;
            }

            using (response)
            {
                if (status is 416 or 206 && have > 0)
                {
                    // What is there is not the beginning of what is offered now.
                    Guard(partial, partial.Discard);
                    have = 0;
                    continue;
                }

                if (isFile)
                {
                    throw DownloadErrors.Unexpected(video, Objection(response)!);
                }

                Uri? target = redirects < MaxRedirects ? ResponseHeaders.Location(response, address) : null;
                address = target is null
                    ? throw DownloadErrors.Status(video, status, ResponseHeaders.PauseAskedFor(response, connection.Time))
                    : Follow(video, address, target);
            }
        }
    }

    private static Uri Follow(KlingVideo video, Uri from, Uri to) =>
        to.Scheme == from.Scheme || to.Scheme == Uri.UriSchemeHttps
            ? to
            : throw DownloadErrors.Unexpected(video, $"the server redirects from {from.Scheme} to {to.Scheme}");

    private static string? Objection(HttpResponseMessage response) =>
        response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity") ? "the server sends it compressed"
        : response.Content.Headers.ContentType?.MediaType is "text/html" or "application/json" ? "the server sends a page instead of a video"
        : null;

    private static void Finish(PartialFile partial, bool overwrite)
    {
        if (!overwrite && File.Exists(partial.FinalPath))
        {
            throw DownloadErrors.Exists(partial.FinalPath);
        }

        Guard(partial, () => partial.Complete(overwrite));
    }

    private static void Guard(PartialFile partial, Action act) => Guard(partial, () =>
    {
        act();
        return true;
    });

    private static T Guard<T>(PartialFile partial, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DownloadErrors.NotWritable(partial.FinalPath, e);
        }
    }
}
