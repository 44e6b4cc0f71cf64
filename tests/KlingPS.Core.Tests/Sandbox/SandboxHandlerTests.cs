using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class SandboxHandlerTests : IDisposable
{
    private readonly SandboxService _service = new(new SandboxOptions { TaskDuration = TimeSpan.Zero });
    private readonly HttpClient _client;

    public SandboxHandlerTests()
    {
        _client = new HttpClient(new SandboxHandler(_service));
        _client.BaseAddress = new Uri("https://x.test/kling/v1/videos/");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "any");
    }

    [Fact]
    public async Task A_client_creates_queries_and_downloads_without_a_socket()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using HttpResponseMessage created = await PostAsync(token);
        string id = _service.Created.Single().TaskId;
        using JsonDocument task = JsonDocument.Parse(await _client.GetStringAsync($"text2video/{id}", token));
        string url = task.RootElement.GetProperty("data").GetProperty("task_result").GetProperty("videos")[0]
            .GetProperty("url").GetString()!;
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(4, 7);
        using HttpResponseMessage part = await _client.SendAsync(request, token);

        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        Assert.Equal("application/json", created.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(4, part.Content.Headers.ContentRange?.From);
        Assert.NotNull(part.Headers.ETag);
        Assert.NotNull(part.Content.Headers.LastModified);
        Assert.Equal("ftyp", await part.Content.ReadAsStringAsync(token));
    }

    [Fact]
    public async Task Head_announces_a_length_that_it_does_not_send()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using HttpResponseMessage created = await PostAsync(token);
        using JsonDocument task = JsonDocument.Parse(
            await _client.GetStringAsync($"text2video/{_service.Created.Single().TaskId}", token));
        string url = task.RootElement.GetProperty("data").GetProperty("task_result").GetProperty("videos")[0]
            .GetProperty("url").GetString()!;
        using HttpRequestMessage request = new(HttpMethod.Head, url);
        using HttpResponseMessage head = await _client.SendAsync(request, token);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 1000);
    }

    [Fact]
    public async Task A_cancelled_request_creates_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, _service.CreatedCount);
    }

    public void Dispose() => _client.Dispose();

    private Task<HttpResponseMessage> PostAsync(CancellationToken token) => _client.PostAsync(
        "text2video",
        new StringContent("""{"prompt":"a harbour"}""", Encoding.UTF8, "application/json"),
        token);
}
