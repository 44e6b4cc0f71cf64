using System.Net;

namespace KlingPS.Sandbox;

/// <summary>Answers an HttpClient without a socket, so that the whole client path runs for real.</summary>
internal sealed class SandboxHandler(SandboxService service) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        IEnumerable<KeyValuePair<string, IEnumerable<string>>> given = request.Headers;
        byte[] body = [];
        if (request.Content is not null)
        {
            given = given.Concat(request.Content.Headers);
#if NET
            body = await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
#else
            body = await request.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
#endif
        }

        // From here on the service has acted, so the caller must get its answer.
        cancellationToken.ThrowIfCancellationRequested();
        string path = request.RequestUri!.PathAndQuery;
        Dictionary<string, string> headers = given.ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return Answer(request, service.Handle(new SandboxRequest(request.Method.Method, path, headers, body)));
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, SandboxResponse answer)
    {
        HttpResponseMessage response = new((HttpStatusCode)answer.Status)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(answer.Body),
        };
        foreach (KeyValuePair<string, string> header in answer.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(header.Key, header.Value))
            {
                response.Content.Headers.Remove(header.Key);
                response.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        return response;
    }
}

/// <summary>One request as the sandbox sees it.</summary>
internal sealed record SandboxRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body)
{
    internal string? Header(string name) => Headers.TryGetValue(name, out string? value) ? value : null;
}

/// <summary>One answer of the sandbox.</summary>
/// <param name="Headers">Content headers included; names compare without case.</param>
internal sealed record SandboxResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
