using System.Net;
using System.Net.Sockets;

namespace KlingPS.Core.Tests.Sockets;

/// <summary>A paid request over a real socket: sent again only when nothing can have been created.</summary>
public sealed class SubmitTests : SocketTest
{
    [Fact]
    public async Task A_task_is_created_and_can_be_queried()
    {
        KlingTask created = await SubmitAsync();
        KlingTask queried = await Client.GetAsync(created.TaskId, created.Kind, Token);

        Assert.Equal(KlingTaskStatus.Succeeded, queried.Status);
        Assert.Equal(1, Server.CreatedCount);
        Assert.All(Server.Requests, request => Assert.Equal($"Bearer {Given.Key}", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_reset_after_the_request_was_written_is_never_sent_again_on_a_kept_connection()
    {
        await SubmitAsync();
        Server.Inject(Fault.ResetAfterService());

        KlingException error = await FailToSubmitAsync();

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown), (error.ErrorId, error.Submission));
        Assert.Equal((2, 2), (Count("POST"), Server.CreatedCount));
    }

    [Fact]
    public async Task A_paid_request_has_a_connection_that_nothing_else_uses()
    {
        KlingTask task = await SubmitAsync();
        await Client.GetAsync(task.TaskId, task.Kind, Token);
        await SubmitAsync();
        await SubmitAsync();
        await Client.GetAsync(task.TaskId, task.Kind, Token);

        ILookup<string, string> connections = Server.Requests.ToLookup(
            request => request.Method, request => request.Connection);
        Assert.Equal(3, connections["POST"].Distinct().Count());
        Assert.Single(connections["GET"].Distinct());
        Assert.Empty(connections["POST"].Intersect(connections["GET"]));
    }

    [Fact]
    public async Task A_paid_body_is_handed_over_once_whatever_is_below_us_tries()
    {
        using TrackedContent content = new("{}"u8.ToArray());
        await content.CopyToAsync(Stream.Null, Token);

        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(Stream.Null, Token));
        Assert.True(content.WasStarted);
    }

    [Fact]
    public async Task No_answer_in_time_is_never_sent_again()
    {
        Server.Inject(Fault.HangAfterService());
        Task<KlingException> failure = FailToSubmitAsync();
        await Server.WaitForRequestsAsync(1, Token);
        Clock.Advance(TimeSpan.FromSeconds(100));

        KlingException error = await failure;

        Assert.Equal(("SubmissionUnknown", SubmissionOutcome.Unknown), (error.ErrorId, error.Submission));
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again_and_nothing_was_sent()
    {
        Connect(new Uri($"http://127.0.0.1:{ClosedPort()}/kling/"), maxRetryCount: 2);

        KlingException error = await FailToSubmitAsync();

        Assert.Equal(("ConnectionFailed", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Equal((3, 2), (Trace.Requests.Count, Trace.Waits.Count));
    }

    [Fact]
    public async Task Cancelling_while_the_answer_is_awaited_leaves_nothing_in_flight()
    {
        Server.Inject(Fault.HangAfterService());
        using CancellationTokenSource cancelled = new();
        Task<KlingTask> submission = Client.SubmitAsync(Given.Video, TimeSpan.FromHours(1), cancelled.Token);
        await Server.WaitForRequestsAsync(1, Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submission);
        await Server.WaitForAbortsAsync(1, Token);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_not_HTTP_is_quoted_without_the_key_or_control_characters()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Connect(new Uri($"http://{listener.LocalEndpoint}/kling/"), maxRetryCount: 0);
        Task<KlingException> failure = FailToSubmitAsync();
        using (TcpClient client = await listener.AcceptTcpClientAsync(Token))
        {
            byte[] answer = Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\n\u001b[31m {Given.Key}\r\n\r\n");
            await client.GetStream().WriteAsync(answer, Token);
        }

        KlingException error = await failure;

        Assert.DoesNotContain(Given.Key, $"{error} {Assert.Single(Trace.Requests)}", StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', $"{error} {Assert.Single(Trace.Requests)}");
    }

    private static int ClosedPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Queries over a real socket: redirects, answers of any size, silence.</summary>
public sealed class QueryTests : SocketTest
{
    [Fact]
    public async Task A_redirect_is_not_followed_and_the_key_goes_nowhere_else()
    {
        await using KlingTestServer other = await KlingTestServer.StartAsync();
        Dictionary<string, string> headers =
            new() { ["Location"] = new Uri(other.BaseUri, "v1/videos/text2video/1").AbsoluteUri };
        Server.Inject(Fault.Respond(301, "", headers));

        KlingException error = await FailToGetAsync();

        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Contains(other.BaseUri.AbsoluteUri, error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task No_answer_in_time_is_a_timeout()
    {
        Server.Inject(Fault.HangBeforeService());
        Task<KlingException> failure = FailToGetAsync();
        await Server.WaitForRequestsAsync(1, Token);
        Clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal("RequestTimeout", (await failure).ErrorId);
        await Server.WaitForAbortsAsync(1, Token);
    }

    [Fact]
    public async Task A_reset_is_asked_again()
    {
        KlingTask task = await SubmitAsync();
        Server.Inject(Fault.ResetBeforeService());

        Assert.Equal(KlingTaskStatus.Succeeded, (await Client.GetAsync(task.TaskId, task.Kind, Token)).Status);
    }

    [Fact]
    public async Task An_answer_cut_short_is_asked_for_again()
    {
        KlingTask task = await SubmitAsync();
        Server.Inject(Fault.Truncate(10));

        Assert.Equal(KlingTaskStatus.Succeeded, (await Client.GetAsync(task.TaskId, task.Kind, Token)).Status);
    }

    private Task<KlingException> FailToGetAsync() =>
        Assert.ThrowsAsync<KlingException>(() => Client.GetAsync("1", KlingTaskKind.TextToVideo, Token));
}

/// <summary>A client and a server with a real socket between them. Every pause of the client passes at once.</summary>
public abstract class SocketTest : IAsyncLifetime
{
    private KlingConnection? _connection;

    internal KlingTestServer Server { get; private set; } = null!;

    internal HurriedTime Clock { get; } = new();

    internal TraceList Trace { get; } = new();

    internal KlingConnection Connection => _connection!;

    internal KlingClient Client { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Server = await KlingTestServer.StartAsync();
        Connect(Server.BaseUri);
    }

    public virtual async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal void Connect(Uri baseUri, int maxRetryCount = 2)
    {
        _connection?.Dispose();
        ConnectionSettings settings = new() { BaseUri = baseUri, MaxRequestsPerSec = 0, MaxRetryCount = maxRetryCount };
        _connection = new KlingConnection(settings, Given.ApiKey(), Clock);
        Client = new KlingClient(_connection, Trace);
    }

    internal Task<KlingTask> SubmitAsync(SubmitRequest? request = null) =>
        Client.SubmitAsync(request ?? Given.Video, TimeSpan.FromHours(1), Token);

    internal Task<KlingException> FailToSubmitAsync() => Assert.ThrowsAsync<KlingException>(() => SubmitAsync());

    internal int Count(string method) => Server.Requests.Count(request => request.Method == method);
}
