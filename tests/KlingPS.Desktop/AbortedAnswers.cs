using System.Net;

namespace KlingPS.Desktop;

/// <summary>
/// Answers that begin and never end. Their stream knows no token: as with HttpWebRequest, the cancellation of the
/// request aborts it, and the read in flight fails with an IOException.
/// </summary>
internal sealed class AbortedAnswers : HttpMessageHandler
{
    private readonly TaskCompletionSource<bool> _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the rest is waited for.</summary>
    internal Task Reading => _reading.Task;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = new(HttpStatusCode.OK)
        {
            Content = new StreamContent(new Body(cancellationToken, _reading)),
            RequestMessage = request,
        };
        answer.Content.Headers.ContentLength = 1000;
        answer.Headers.ETag = new("\"tag\"");
        if (request.Content is null)
        {
            return Task.FromResult(answer);
        }

        return Sent(request.Content, answer);
    }

    private static async Task<HttpResponseMessage> Sent(HttpContent content, HttpResponseMessage answer)
    {
        await content.ReadAsByteArrayAsync();
        return answer;
    }

    private sealed class Body(CancellationToken request, TaskCompletionSource<bool> reading) : Stream
    {
        private bool _hasBegun;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async Task<int> ReadAsync(
            byte[] buffer,
            int offset,
            int count,
            CancellationToken cancellationToken)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                buffer[offset] = (byte)'{';
                return 1;
            }

            TaskCompletionSource<int> aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (request.Register(() => aborted.SetException(new IOException("The request was aborted."))))
            {
                reading.TrySetResult(true);
                return await aborted.Task;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
