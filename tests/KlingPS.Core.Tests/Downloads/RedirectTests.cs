using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>Redirects between two real hosts: followed where that is safe, and never with the key.</summary>
public sealed class RedirectTests : DownloadTest
{
    private static readonly Dictionary<string, string> VideoType = new() { ["Content-Type"] = "video/mp4" };

    [Fact]
    public async Task To_another_host_goes_neither_the_key_nor_the_signature()
    {
        await using KlingTestServer other = await KlingTestServer.StartAsync();
        Uri there = new UriBuilder(other.BaseUri) { Host = "localhost", Path = "/elsewhere.mp4" }.Uri;
        Redirect(Server, there);
        other.Inject(Fault.Respond(200, "video", VideoType));

        await SaveAsync();

        Assert.Equal("video", await File.ReadAllTextAsync(Target, Token));
        ReceivedRequest received = other.Requests.Single();
        Assert.Equal(
            ("localhost:" + there.Port, "/elsewhere.mp4", ""),
            (received.Headers["Host"], received.Path, received.Query));
        AssertNoSecret(Downloads.Concat(other.Requests));
    }

    [Fact]
    public async Task The_rest_is_asked_for_at_the_place_a_redirect_names()
    {
        await SavePartlyAsync(500);
        Redirect(Server, new Uri(Video.Url!, Video.Url!.PathAndQuery + "&moved=1"));

        await SaveAsync();

        await AssertSavedAsync();
        Assert.Equal("bytes=500-", Downloads.Last().Headers["Range"]);
        Assert.EndsWith("moved=1", Downloads.Last().Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_http_to_https_is_followed_without_the_key()
    {
        using X509Certificate2 certificate = SelfSigned.Make();
        await using KlingTestServer secure = await KlingTestServer.StartAsync(
            settings => settings.Certificate = certificate);
        Redirect(Server, new Uri(secure.BaseUri, "/v.mp4"));
        secure.Inject(Fault.Respond(200, "video", VideoType));

        await SaveTrustingAsync(certificate, Video);

        Assert.Equal("video", await File.ReadAllTextAsync(Target, Token));
        Assert.Equal("https", secure.BaseUri.Scheme);
        Assert.Single(secure.Requests);
        AssertNoSecret(Downloads.Concat(secure.Requests));
    }

    [Fact]
    public async Task From_https_to_http_is_refused_before_anything_is_sent()
    {
        using X509Certificate2 certificate = SelfSigned.Make();
        await using KlingTestServer secure = await KlingTestServer.StartAsync(
            settings => settings.Certificate = certificate);
        Redirect(secure, Video.Url!);

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => SaveTrustingAsync(certificate, Video with { Url = new Uri(secure.BaseUri, "/v.mp4") }));

        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Contains("from https to http", error.Message, StringComparison.Ordinal);
        Assert.Empty(Downloads);
        AssertNoSecret(secure.Requests);
    }

    [Fact]
    public async Task A_host_nobody_vouches_for_gets_no_request()
    {
        using X509Certificate2 certificate = SelfSigned.Make();
        await using KlingTestServer secure = await KlingTestServer.StartAsync(
            settings => settings.Certificate = certificate);
        Connect(Server.BaseUri, maxRetryCount: 0);
        Redirect(Server, new Uri(secure.BaseUri, "/v.mp4"));

        KlingException error = await FailToSaveAsync();

        Assert.Equal("ConnectionFailed", error.ErrorId);
        Assert.IsType<AuthenticationException>(error.GetBaseException());
        Assert.Empty(secure.Requests);
    }

    [Fact]
    public async Task Two_hosts_that_point_at_each_other_are_left_after_a_few_turns()
    {
        await using KlingTestServer other = await KlingTestServer.StartAsync();
        Redirect(Server, new Uri(other.BaseUri, "/v.mp4"), always: true);
        Redirect(other, Video.Url!, always: true);

        KlingException error = await FailToSaveAsync();

        Assert.Equal(("UnexpectedResponse", null), (error.ErrorId, error.HttpStatus));
        Assert.Contains("redirected more than 5 times", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, Downloads.Count() + other.RequestCount);
        AssertNoSecret(Downloads.Concat(other.Requests));
    }

    private static void Redirect(KlingTestServer server, Uri to, bool always = false)
    {
        Fault fault = Fault.Respond(
            302, "", new Dictionary<string, string> { ["Location"] = to.AbsoluteUri }).On("GET", ".mp4");
        server.Inject(always ? fault.Always() : fault);
    }

    private static void AssertNoSecret(IEnumerable<ReceivedRequest> requests) => Assert.All(requests, request =>
    {
        Assert.False(request.Headers.ContainsKey("Authorization"));
        Assert.False(request.Headers.ContainsKey("Referer"));
        Assert.DoesNotContain(Given.Key, string.Join(' ', request.Headers.Values), StringComparison.Ordinal);
    });

    /// <summary>Saves over a connection like any other, on which this one certificate is vouched for.</summary>
    private async Task SaveTrustingAsync(X509Certificate2 certificate, KlingVideo video)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown),
            },
        };
        ConnectionSettings settings = new() { BaseUri = Server.BaseUri, MaxRetryCount = 0 };
        using KlingConnection connection = new(settings, Given.ApiKey(), Clock, handler);
        await new KlingClient(connection).SaveAsync(video, Target, new SaveOptions(), Token);
    }
}
