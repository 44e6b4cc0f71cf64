using System.Collections.Concurrent;
using System.Net;

namespace KlingPS.Core.Tests.Support;

/// <summary>What one request was, as the handler saw it.</summary>
internal sealed record SeenRequest(
    HttpMethod Method, Uri Address, string? Authorization, string Body, DateTimeOffset At);

/// <summary>Answers by a script: one step for each request, the last one for all that follow.</summary>
internal sealed class ScriptedHandler(TimeProvider time, params ScriptedHandler.Step[] script) : HttpMessageHandler
{
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private int _next;
    private int _inFlight;

    /// <summary>One answer; the request's body has been taken over by then, as by a socket.</summary>
    internal delegate Task<HttpResponseMessage> Step(HttpRequestMessage request, CancellationToken cancellationToken);

    internal IReadOnlyList<SeenRequest> Seen => [.. _seen];

    internal int InFlight => Volatile.Read(ref _inFlight);

    internal int MostInFlight { get; private set; }

    internal static Step Answer(int status, string body, params (string Name, string Value)[] headers) => (_, _) =>
    {
        HttpResponseMessage response = new((HttpStatusCode)status)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        foreach ((string name, string value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return Task.FromResult(response);
    };

    /// <summary>The task that is asked for.</summary>
    internal static Step TaskAskedFor(string status) => (request, token) =>
        Answer(200, Bodies.Task(Uri.UnescapeDataString(request.RequestUri!.Segments[^1]), status))(request, token);

    /// <summary>The connection breaks after the request was written.</summary>
    internal static Step Lost() =>
        (_, _) => throw new HttpRequestException("connection reset", new IOException("reset by peer"));

    /// <summary>No answer before the request is given up.</summary>
    internal static Step Never() => async (_, cancellationToken) =>
    {
        // Not Task.Delay: its cancellation goes on in the thread pool, and the test could not know when.
        TaskCompletionSource<HttpResponseMessage> answer = new();
        using CancellationTokenRegistration gone = cancellationToken.Register(
            () => answer.TrySetCanceled(cancellationToken));
        return await answer.Task;
    };

    /// <summary>The connection cannot be made, so nothing of the request is ever written.</summary>
    internal static Step Refused() => Unwritten;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Step step = script[Math.Min(Interlocked.Increment(ref _next), script.Length) - 1];
        string body = step == Unwritten
            || request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        _seen.Enqueue(new SeenRequest(
            request.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), body, time.GetUtcNow()));
        MostInFlight = Math.Max(MostInFlight, Interlocked.Increment(ref _inFlight));
        try
        {
            return await step(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static Task<HttpResponseMessage> Unwritten(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new HttpRequestException("Connection refused", new System.Net.Sockets.SocketException(111));
}

/// <summary>Keeps what -Verbose and -Debug would show.</summary>
internal sealed class TraceList : IRequestTrace
{
    internal ConcurrentQueue<RequestTrace> Requests { get; } = new();

    /// <summary>What was said to be waited for, and is.</summary>
    internal ConcurrentQueue<SaidWait> Waits { get; } = new();

    internal ConcurrentQueue<string> Warnings { get; } = new();

    public bool WantsRequests => true;

    public bool WantsBodies => true;

    public void Completed(RequestTrace request) => Requests.Enqueue(request);

    public IDisposable? Pausing(TimeSpan pause, string reason)
    {
        SaidWait wait = new(pause, reason);
        Waits.Enqueue(wait);
        return wait;
    }

    public IDisposable? Queueing(TimeSpan expected, string reason) => Pausing(expected, reason);

    public void Warn(string text) => Warnings.Enqueue(text);

    internal sealed class SaidWait(TimeSpan length, string reason) : IDisposable
    {
        internal TimeSpan Length => length;

        internal string Reason => reason;

        internal bool IsOver { get; private set; }

        public void Dispose() => IsOver = true;
    }
}
