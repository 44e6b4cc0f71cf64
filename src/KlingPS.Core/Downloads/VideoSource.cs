using System.Net.Http.Headers;
using KlingPS.Http;
using KlingPS.Protocol;

namespace KlingPS.Downloads;

/// <summary>Asks the host of a video for the whole of it or for the rest, and follows it where it points.</summary>
internal sealed class VideoSource(KlingConnection connection, IRequestTrace trace)
{
    internal const string EmptyFile = "the server sends an empty file";
    private const int MaxRedirects = 5;

    /// <param name="video">With a URL.</param>
    /// <param name="partial">What is there already.</param>
    /// <param name="have">How much of it can be continued; 0 asks for the whole.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>200 with the whole, or 206 with the rest of the very version that is there.</returns>
    /// <exception cref="KlingException">For every other answer.</exception>
    internal async Task<HttpResponseMessage> OpenAsync(
        KlingVideo video,
        PartialFile partial,
        long have,
        CancellationToken cancellationToken)
    {
        Uri address = video.Url!;
        for (int redirects = 0; ;)
        {
            HttpResponseMessage response = await SendAsync(address, partial, have, cancellationToken).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            bool isFile = status == 200 || (status == 206 && have > 0 && partial.IsContinuedBy(response, have));
            if (isFile && Objection(response) is not { })
            {
                return response;
            }

            using (response)
            {
                if (isFile)
                {
                    throw DownloadErrors.Unexpected(video, Objection(response)!);
                }

                if (status is 416 or 206 && have > 0)
                {
                    // What is there is not the beginning of what is offered now.
                    partial.Discard();
                    have = 0;
                }
                else if (ResponseHeaders.Location(response, address) is { } target)
                {
                    address = Follow(video, address, target, redirects++);
                }
                else
                {
                    throw DownloadErrors.Status(video, status, ResponseHeaders.PauseAskedFor(response, connection.Time));
                }
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, PartialFile partial, long have, CancellationToken cancellationToken)
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

    private static Uri Follow(KlingVideo video, Uri from, Uri to, int redirects) =>
        redirects >= MaxRedirects ? throw DownloadErrors.Unexpected(video, $"the server redirects more than {MaxRedirects} times")
        : to.Scheme == from.Scheme || to.Scheme == Uri.UriSchemeHttps ? to
        : throw DownloadErrors.Unexpected(video, $"the server redirects from {from.Scheme} to {to.Scheme}");

    private static string? Objection(HttpResponseMessage response) =>
        response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity") ? "the server sends it compressed"
        : response.Content.Headers.ContentLength == 0 ? EmptyFile
        : response.Content.Headers.ContentType?.MediaType is "text/html" or "application/json" ? "the server sends a page instead of a video"
        : null;
}
