using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlingPS.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KlingPS.TestServer;

/// <summary>The sandbox behind a real socket on loopback.</summary>
public sealed class KlingTestServer : IAsyncDisposable
{
    /// <summary>The key that a client of the gateway is given, which takes any.</summary>
    public const string Key = "sk-0123456789abcdefWXYZ";

    /// <summary>The keys that Kling's own API takes.</summary>
    public const string AccessKey = "ak-0123456789abcdef";

    /// <inheritdoc cref="AccessKey"/>
    public const string SecretKey = Key;

    private static readonly Fault None = new();

    private readonly WebApplication _app;
    private readonly ServerSettings _settings;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly FaultQueue _faults = new();
    private readonly Tally _received = new();
    private readonly Tally _aborted = new();
    private int _disposed;

    private KlingTestServer(ServerSettings settings, SandboxService service)
    {
        _settings = settings;
        Service = service;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, settings.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (settings.Certificate is { } certificate)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What to give Connect-Kling as -BaseUri.</summary>
    public Uri BaseUri { get; private set; } = new("http://127.0.0.1/kling/");

    /// <summary>What to give Connect-Kling beside it.</summary>
    public string Credentials => _settings.Provider == KlingProvider.Kling
        ? $"-AccessKey '{AccessKey}' -SecretKey '{SecretKey}'"
        : $"-ApiKey '{Key}'";

    /// <summary>Tasks created so far: what would have been paid for.</summary>
    public int CreatedCount => Service.CreatedCount;

    /// <summary>Everything that arrived, downloads included, in order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>How many requests arrived.</summary>
    public int RequestCount => _received.Count;

    internal SandboxService Service { get; }

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<KlingTestServer> StartAsync(Action<ServerSettings>? configure = null)
    {
        ServerSettings settings = new();
        configure?.Invoke(settings);
        SandboxOptions options = new()
        {
            Provider = settings.Provider,
            AccessKey = AccessKey,
            SecretKey = SecretKey,
            Time = settings.Time,
            TaskDuration = settings.TaskDuration,
            DurationOf = settings.DurationOf,
            ConcurrentTasks = settings.ConcurrentTasks,
            RequiredKey = settings.RequiredKey,
            TakesExternalIdsAgain = settings.TakesExternalIdsAgain,
            WrapsOmni = settings.WrapsOmni,
        };
        KlingTestServer server = new(settings, new SandboxService(options));
        await server._app.StartAsync();
        options.PublicBaseUri = new Uri(server._app.Urls.Single());
        server.BaseUri = options.BaseUri;
        return server;
    }

    /// <summary>Lets the fault hit the next matching request or requests; the oldest that matches hits.</summary>
    public void Inject(Fault fault) => _faults.Add(fault);

    /// <summary>Completes as soon as that many requests have arrived since the start.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellationToken) =>
        _received.ReachAsync(count, cancellationToken);

    /// <summary>Completes as soon as that many clients have gone away without their answer.</summary>
    public Task WaitForAbortsAsync(int count, CancellationToken cancellationToken) =>
        _aborted.ReachAsync(count, cancellationToken);

    /// <summary>Stops at once; whoever still waits for an answer sees the connection close.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using CancellationTokenSource gone =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        Exchange exchange = new(context, _settings.Time, gone.Token);
        try
        {
            ReceivedRequest request = await exchange.ReceiveAsync();
            Fault fault = _faults.Take(request) ?? _settings.FaultFor?.Invoke(request) ?? None;
            if (_settings.KeepRequests)
            {
                _requests.Enqueue(request);
            }

            _received.Add();
            await exchange.AnswerAsync(Service, fault);
        }
        catch (Exception error)
            when (gone.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            if (_stopping.IsCancellationRequested)
            {
                context.Abort();
            }
            else
            {
                _aborted.Add();
            }
        }
    }
}

/// <summary>One request as it arrived.</summary>
public sealed record ReceivedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    DateTimeOffset ReceivedAt)
{
    /// <summary>The same for all that came over one connection, and for no other.</summary>
    public string Connection { get; init; } = "";

    /// <summary>The version of TLS, or empty without it.</summary>
    public string Tls { get; init; } = "";
}

/// <summary>A certificate for loopback that nobody vouches for.</summary>
internal static class SelfSigned
{
    internal static X509Certificate2 Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        // Windows serves only a key that is in a store, and a file of the key puts it there.
#pragma warning disable SYSLIB0057 // Its successor, X509CertificateLoader, came with .NET 9.
        return new X509Certificate2(made.Export(X509ContentType.Pkcs12));
#pragma warning restore SYSLIB0057
    }
}
