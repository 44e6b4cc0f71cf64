using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace KlingPS.Core.Tests.Sockets;

/// <summary>What a proxy is asked for, and that it never makes a paid request two.</summary>
[Collection(nameof(DefaultProxy))]
public sealed class ProxyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("klingps").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_proxy_is_ever_asked_for_an_address_of_this_machine(bool isGiven)
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using TunnelProxy proxy = new(server.BaseUri.Port);
        using DefaultProxy system = new(proxy.Address);
        using KlingConnection connection = Connect(server.BaseUri, isGiven ? proxy.Address : null);

        await MakeAndSaveAsync(connection);

        Assert.Empty(proxy.Heads);
        Assert.Equal(1, server.CreatedCount);
    }

    [Fact]
    public async Task A_video_on_this_machine_is_fetched_without_the_proxy_also_when_the_service_is_elsewhere()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using TunnelProxy proxy = new(server.BaseUri.Port);
        using KlingConnection local = Connect(server.BaseUri, null);
        KlingTask task = await MakeAsync(local);
        using KlingConnection remote = Connect(new Uri("https://kling.invalid/kling/"), proxy.Address);

        await SaveAsync(remote, task);

        Assert.Empty(proxy.Heads);
    }

    [Fact]
    public async Task A_proxy_that_asks_for_credentials_late_makes_no_second_task()
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync();
        using TunnelProxy proxy = new(server.BaseUri.Port, wantsCredentials: true);
        using KlingConnection connection = Connect(server.BaseUri, proxy.AddressWithPassword);

        await MakeAsync(connection);

        Assert.Equal(1, server.CreatedCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tunnel_whose_proxy_asks_for_credentials_carries_a_paid_request_once(bool areInAddress)
    {
        using X509Certificate2 certificate = SelfSigned.Make();
        await using KlingTestServer server = await KlingTestServer.StartAsync(
            settings => settings.Certificate = certificate);
        using TunnelProxy proxy = new(server.BaseUri.Port, wantsCredentials: true);
        using KlingConnection connection = Trusting(proxy, areInAddress);

        KlingTask task = await MakeAsync(connection);

        Assert.Equal((1, 1), (server.CreatedCount, server.Requests.Count(request => request.Method == "POST")));
        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
        Assert.All(
            proxy.Heads, head => Assert.StartsWith("CONNECT kling.invalid:443 ", head, StringComparison.Ordinal));
        Assert.DoesNotContain(proxy.Heads, head => head.Contains(Given.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_407_from_within_the_tunnel_is_an_answer_and_the_request_goes_once()
    {
        using X509Certificate2 certificate = SelfSigned.Make();
        await using KlingTestServer server = await KlingTestServer.StartAsync(
            settings => settings.Certificate = certificate);
        using TunnelProxy proxy = new(server.BaseUri.Port, wantsCredentials: true);
        using KlingConnection connection = Trusting(proxy);
        Dictionary<string, string> headers = new() { ["Proxy-Authenticate"] = "Basic realm=\"p\"" };
        server.Inject(Fault.Respond(407, "", headers).Always());

        await Assert.ThrowsAsync<KlingException>(() => MakeAsync(connection));

        Assert.Single(server.Requests);
    }

    private static KlingConnection Connect(Uri baseUri, Uri? proxy) =>
        new(
            new ConnectionSettings { BaseUri = baseUri, MaxRequestsPerSec = 0, MaxRetryCount = 0, Proxy = proxy },
            Given.ApiKey());

    // The very handler that a connection makes for paid requests, but for whom it trusts.
    private static KlingConnection Trusting(TunnelProxy proxy, bool areInAddress = true)
    {
        ConnectionSettings settings = new()
        {
            BaseUri = new Uri("https://kling.invalid/kling/"),
            MaxRequestsPerSec = 0,
            MaxRetryCount = 0,
            Proxy = areInAddress ? proxy.AddressWithPassword : proxy.Address,
            ProxyCredential = areInAddress ? null : new NetworkCredential("user", "pass"),
        };
        SocketsHttpHandler handler = KlingConnection.Sockets(settings, usesProxy: true, keepsConnections: false);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new KlingConnection(settings, Given.ApiKey(), handler: handler);
    }

    private static async Task<KlingTask> MakeAsync(KlingConnection connection)
    {
        KlingClient client = new(connection);
        KlingTask made = await client.SubmitAsync(Given.Video, TimeSpan.Zero, Token);
        return await client.GetAsync(made.TaskId, made.Kind, Token);
    }

    private async Task MakeAndSaveAsync(KlingConnection connection) =>
        await SaveAsync(connection, await MakeAsync(connection));

    private async Task SaveAsync(KlingConnection connection, KlingTask task)
    {
        string path = Path.Combine(_folder, "video.mp4");
        await new KlingClient(connection).SaveAsync(task.Videos[0], path, new SaveOptions(), Token);
        Assert.True(File.Exists(path));
    }
}

/// <summary>What the environment says, for as long as a test takes. Such tests do not run beside others.</summary>
[CollectionDefinition(nameof(DefaultProxy), DisableParallelization = true)]
public sealed class DefaultProxy : IDisposable
{
    private readonly IWebProxy _before = HttpClient.DefaultProxy;

    internal DefaultProxy(Uri address) => HttpClient.DefaultProxy = new WebProxy(address);

    public void Dispose() => HttpClient.DefaultProxy = _before;
}
