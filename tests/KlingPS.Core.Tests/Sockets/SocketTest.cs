using KlingPS.Core.Tests.Support;
using KlingPS.Requests;
using KlingPS.TestServer;
using KlingPS.Transport;

namespace KlingPS.Core.Tests.Sockets;

/// <summary>A client and a server with a real socket between them. Every pause of the client passes at once.</summary>
public abstract class SocketTest : IAsyncLifetime
{
    private KlingConnection? _connection;

    internal KlingTestServer Server { get; private set; } = null!;

    internal HurriedTime Clock { get; } = new();

    internal TraceList Trace { get; } = new();

    internal KlingConnection Connection => _connection!;

    internal KlingClient Client { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

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
