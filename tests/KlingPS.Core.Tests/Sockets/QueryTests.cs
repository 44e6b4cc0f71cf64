using KlingPS.Core.Tests.Support;
using KlingPS.TestServer;
using KlingPS.Transport;

namespace KlingPS.Core.Tests.Sockets;

/// <summary>Queries over a real socket: redirects, answers of any size, silence.</summary>
public sealed class QueryTests : SocketTest
{
    [Fact]
    public async Task A_redirect_is_not_followed_and_the_key_goes_nowhere_else()
    {
        await using KlingTestServer other = await KlingTestServer.StartAsync();
        Dictionary<string, string> headers = new() { ["Location"] = new Uri(other.BaseUri, "v1/videos/text2video/1").AbsoluteUri };
        Server.Inject(Fault.Respond(301, "", headers));

        KlingException error = await FailToGetAsync();

        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Contains(other.BaseUri.AbsoluteUri, error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_larger_than_any_of_the_service_is_not_read(bool announced)
    {
        string body = $$"""{"code":0,"message":"{{new string('x', BoundedBody.MaxBytes)}}"}""";
        Dictionary<string, string> headers = announced ? [] : new() { ["Content-Length"] = "" };
        Server.Inject(Fault.Respond(200, body, headers));

        KlingException error = await FailToGetAsync();

        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Contains("larger", error.Message, StringComparison.Ordinal);
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

        Assert.Equal(KlingTaskStatus.Succeed, (await Client.GetAsync(task.TaskId, task.Kind, Token)).Status);
    }

    [Fact]
    public async Task An_answer_cut_short_is_asked_for_again()
    {
        KlingTask task = await SubmitAsync();
        Server.Inject(Fault.Truncate(10));

        Assert.Equal(KlingTaskStatus.Succeed, (await Client.GetAsync(task.TaskId, task.Kind, Token)).Status);
    }

    [Fact]
    public async Task A_key_the_service_does_not_take_is_an_error_without_it()
    {
        await using KlingTestServer strict = await KlingTestServer.StartAsync(settings => settings.RequiredKey = "another");
        Connect(strict.BaseUri);

        KlingException error = await FailToGetAsync();

        Assert.Equal("AuthenticationFailed", error.ErrorId);
        Assert.DoesNotContain(Given.Key, error.ToString(), StringComparison.Ordinal);
        Assert.Single(strict.Requests);
    }

    private Task<KlingException> FailToGetAsync() =>
        Assert.ThrowsAsync<KlingException>(() => Client.GetAsync("1", KlingTaskKind.TextToVideo, Token));
}
