using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KlingPS.TestServer;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class TestServerTests : IAsyncLifetime
{
    // Without a drain timeout, leaving a download means leaving it now.
    private readonly HttpClient _client = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });
    private KlingTestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await KlingTestServer.StartAsync();
        _client.BaseAddress = _server.BaseUri;
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "any");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_server_listens_on_loopback_below_kling() =>
        Assert.Matches(@"^http://127\.0\.0\.1:[1-9][0-9]*/kling/$", _server.BaseUri.AbsoluteUri);

    [Fact]
    public async Task A_task_is_created_queried_and_downloaded_over_a_socket()
    {
        string url = await MakeVideoAsync();
        byte[] file = await _client.GetByteArrayAsync(url, Token);
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(100, null);
        using HttpResponseMessage part = await _client.SendAsync(request, Token);

        Assert.StartsWith(new Uri(_server.BaseUri, "/videos/").AbsoluteUri, url, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(file[100..], await part.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public async Task Head_works_over_a_socket()
    {
        using HttpRequestMessage request = new(HttpMethod.Head, await MakeVideoAsync());
        using HttpResponseMessage head = await _client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 1000);
    }

    [Fact]
    public async Task Every_request_is_recorded_as_it_arrived()
    {
        using HttpResponseMessage created = await PostAsync();
        using HttpResponseMessage unknown = await _client.GetAsync("v1/videos/text2video/a%20b?c=d", Token);

        Assert.Equal(2, _server.RequestCount);
        Assert.Equal(["POST", "GET"], _server.Requests.Select(request => request.Method));
        Assert.Equal("""{"prompt":"a harbour"}""", _server.Requests[0].Body);
        Assert.Equal("Bearer any", _server.Requests[0].Headers["authorization"]);
        Assert.Equal("/kling/v1/videos/text2video/a%20b", _server.Requests[1].Path);
        Assert.Equal("c=d", _server.Requests[1].Query);
    }

    [Fact]
    public async Task An_answer_of_the_tests_own_is_given_once_and_creates_nothing()
    {
        Dictionary<string, string> headers = new() { ["Retry-After"] = "7", ["Content-Type"] = "text/html" };
        _server.Inject(Fault.Respond(503, "<html>busy</html>", headers).On("POST", "text2video"));

        using HttpResponseMessage query = await _client.GetAsync("v1/videos/text2video/1", Token);
        using HttpResponseMessage first = await PostAsync();
        using HttpResponseMessage second = await PostAsync();

        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal("<html>busy</html>", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("text/html", first.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(7), first.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public async Task A_fault_can_last()
    {
        _server.Inject(Fault.Respond(429) with { Times = 2 });
        _server.Inject(Fault.Respond(500).Always());
        List<int> seen = [];
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await PostAsync();
            seen.Add((int)answer.StatusCode);
        }

        Assert.Equal([429, 429, 500, 500, 500], seen);
    }

    [Fact]
    public async Task After_the_service_a_fault_hides_what_was_created()
    {
        _server.Inject(Fault.RespondAfterService(502, "bad gateway"));

        using HttpResponseMessage answer = await PostAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_reset_looks_like_a_lost_connection(bool beforeService, int created)
    {
        _server.Inject(beforeService ? Fault.ResetBeforeService() : Fault.ResetAfterService());

        await Assert.ThrowsAsync<HttpRequestException>(PostAsync);

        Assert.Equal(created, _server.CreatedCount);
        Assert.Equal(0, _server.AbortedCount);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_reset_of_a_reused_connection_is_seen_too(string method)
    {
        using HttpResponseMessage first = await PostAsync();
        _server.Inject(Fault.ResetBeforeService());

        await Assert.ThrowsAsync<HttpRequestException>(
            () => method == "POST" ? PostAsync() : _client.GetAsync("v1/videos/omni-video/1", Token));

        Assert.Equal(2, _server.RequestCount);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_hanging_request_ends_when_the_client_goes_away(bool beforeService, int created)
    {
        _server.Inject(beforeService ? Fault.HangBeforeService() : Fault.HangAfterService());
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<HttpResponseMessage> request = PostAsync(patience.Token);
        await _server.WaitForRequestsAsync(1, Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await _server.WaitForAbortsAsync(1, Token);
        Assert.Equal(created, _server.CreatedCount);
        Assert.Equal(1, _server.AbortedCount);
    }

    [Fact]
    public async Task A_server_that_stops_lets_go_of_a_hanging_request()
    {
        _server.Inject(Fault.HangBeforeService());
        Task<HttpResponseMessage> request = PostAsync();
        await _server.WaitForRequestsAsync(1, Token);

        await _server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        Assert.Equal(0, _server.AbortedCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task A_truncated_answer_announces_everything_and_sends_a_part(int bytes)
    {
        string url = await MakeVideoAsync();
        byte[] whole = await _client.GetByteArrayAsync(url, Token);
        _server.Inject(Fault.Truncate(bytes).On("GET", ".mp4"));
        using HttpResponseMessage answer =
            await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, Token);
        await using Stream body = await answer.Content.ReadAsStreamAsync(Token);
        byte[] part = new byte[bytes];

        await body.ReadExactlyAsync(part, Token);

        Assert.Equal(whole.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(whole[..bytes], part);
        await Assert.ThrowsAsync<HttpIOException>(async () => await body.ReadExactlyAsync(new byte[1], Token));
    }

    [Fact]
    public async Task A_truncation_behind_the_end_changes_nothing()
    {
        string url = await MakeVideoAsync();
        byte[] whole = await _client.GetByteArrayAsync(url, Token);
        _server.Inject(Fault.Truncate(whole.Length));

        Assert.Equal(whole, await _client.GetByteArrayAsync(url, Token));
    }

    [Fact]
    public async Task A_stalled_answer_announces_everything_sends_a_part_and_waits_until_the_client_leaves()
    {
        string url = await MakeVideoAsync();
        byte[] whole = await _client.GetByteArrayAsync(url, Token);
        _server.Inject(Fault.HangWithin(1000));
        using (HttpResponseMessage answer = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, Token))
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(Token);
            byte[] part = new byte[1000];
            await body.ReadExactlyAsync(part, Token);
            Assert.Equal(whole[..1000], part);
            Assert.Equal(whole.Length, answer.Content.Headers.ContentLength);
            Assert.Equal(0, _server.AbortedCount);
        }

        await _server.WaitForAbortsAsync(1, Token);
    }

    [Fact]
    public async Task A_throttled_answer_comes_whole_and_piece_by_piece()
    {
        string url = await MakeVideoAsync();
        byte[] whole = await _client.GetByteArrayAsync(url, Token);
        _server.Inject(Fault.Throttle(50_000));

        Assert.Equal(whole, await _client.GetByteArrayAsync(url, Token));
    }

    [Fact]
    public async Task A_client_that_leaves_a_slow_download_is_noticed()
    {
        string url = await MakeVideoAsync();
        _server.Inject(Fault.Throttle(20));
        using (HttpResponseMessage slow = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, Token))
        {
            await using Stream body = await slow.Content.ReadAsStreamAsync(Token);
            await body.ReadExactlyAsync(new byte[1], Token);
        }

        await _server.WaitForAbortsAsync(1, Token);
    }

    [Fact]
    public async Task An_answer_can_be_held_until_the_test_lets_it_go()
    {
        TaskCompletionSource release = new();
        _server.Inject(Fault.HoldAnswer(release.Task).On("POST"));
        Task<HttpResponseMessage> request = PostAsync();
        await _server.WaitForRequestsAsync(1, Token);
        using HttpResponseMessage other = await _client.GetAsync("v1/videos/text2video/1", Token);
        Assert.False(request.IsCompleted);

        release.SetResult();

        using HttpResponseMessage answer = await request;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_can_be_without_ranges_and_lengths()
    {
        string url = await MakeVideoAsync();
        Dictionary<string, string> without = new() { ["Content-Length"] = "", ["ETag"] = "", ["Accept-Ranges"] = "" };
        _server.Inject(new Fault { IgnoreRange = true, Headers = without });
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(100, null);
        using HttpResponseMessage answer =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentLength);
        Assert.Null(answer.Headers.ETag);
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task The_settings_reach_the_sandbox()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.RequiredKey = "sk-right";
            settings.ConcurrentTasks = 1;
            settings.TaskDuration = TimeSpan.FromDays(1);
        });
        Uri route = new(server.BaseUri, "v1/videos/text2video");
        using HttpResponseMessage wrongKey = await PostAsync(Token, route);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-right");
        using HttpResponseMessage first = await PostAsync(Token, route);
        using HttpResponseMessage second = await PostAsync(Token, route);

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.TooManyRequests],
            new[] { wrongKey, first, second }.Select(answer => answer.StatusCode));
    }

    private Task<HttpResponseMessage> PostAsync() => PostAsync(Token);

    private Task<HttpResponseMessage> PostAsync(CancellationToken token, Uri? route = null) => _client.PostAsync(
        route ?? new Uri(_server.BaseUri, "v1/videos/text2video"),
        new StringContent("""{"prompt":"a harbour"}""", Encoding.UTF8, "application/json"),
        token);

    private async Task<string> MakeVideoAsync()
    {
        using HttpResponseMessage created = await PostAsync();
        string id = _server.Service.Created[^1].TaskId;
        string answer = await _client.GetStringAsync($"v1/videos/text2video/{id}", Token);
        using JsonDocument task = JsonDocument.Parse(answer);
        return task.RootElement.GetProperty("data").GetProperty("task_result").GetProperty("videos")[0]
            .GetProperty("url").GetString()!;
    }
}
