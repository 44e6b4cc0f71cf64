using System.Net;
using System.Net.Http.Headers;

namespace KlingPS.Transport;

/// <summary>A JSON body that is handed to a connection once, and knows whether any of it was.</summary>
/// <remarks>
/// A body is handed over only after name, connection and TLS are settled. While none of it was, the service has an
/// incomplete request at most and can have created nothing; afterwards nobody can say.
/// </remarks>
internal sealed class TrackedContent : HttpContent
{
    private readonly byte[] _body;
    private int _started;

    internal TrackedContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
    }

    internal bool WasStarted => Volatile.Read(ref _started) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Start();
        return stream.WriteAsync(_body, 0, _body.Length);
    }

#if NET
    protected override Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken)
    {
        Start();
        return stream.WriteAsync(_body, 0, _body.Length, cancellationToken);
    }
#endif

    // A handler that repeats the request after a 401 or 407 would pay twice.
    private void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new IOException("A second attempt to send the request was stopped.");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
