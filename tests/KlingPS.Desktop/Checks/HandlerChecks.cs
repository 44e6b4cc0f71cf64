using System.Net;
using System.Security.Authentication;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>How the sockets are set up.</summary>
internal sealed class HandlerChecks(Server server, Server tls)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("TLS 1.2 is spoken, whatever the process is set to, and the process stays as it was", Tls),
        ("A certificate that nobody vouches for is refused before anything is sent", Untrusted),
        ("Paid requests, those to this machine and all others have handlers of their own, set up alike", SetUp),
        ("Forty queries are in flight side by side", SideBySide),
        ("A connection is given up after five minutes, also once the place was forgotten", LeaseSet),
        ("What a connection sends through ends with it", Ends),
        ("The process's own limits stay as they were", ProcessWide),
    ];

    private async Task Tls()
    {
        SecurityProtocolType before = ServicePointManager.SecurityProtocol;
        try
        {
            // What Windows PowerShell 5.1 was long set to.
#pragma warning disable CS0618, SYSLIB0014, CA5364
            ServicePointManager.SecurityProtocol = SecurityProtocolType.Tls;
#pragma warning restore CS0618, SYSLIB0014, CA5364
            using Client client = new(tls.BaseUri);
            foreach (HttpClientHandler handler in Handlers.Of(client.Connection))
            {
                handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
            }

            KlingTask task = await client.MadeAsync();
            Ensure.Equal(KlingTaskStatus.Succeeded, task.Status, "the status");
            Arrival[] all = await tls.RequestsAsync();
            Ensure.Equal(
                "Tls12", string.Join(" ", all.Select(request => request.Tls).Distinct()), "the versions of TLS");
            Ensure.Equal(SecurityProtocolType.Tls, ServicePointManager.SecurityProtocol, "the setting of the process");
        }
        finally
        {
            ServicePointManager.SecurityProtocol = before;
        }
    }

    private async Task Untrusted()
    {
        int before = await tls.CreatedAsync();
        using Client client = new(tls.BaseUri);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "a" }));
        Ensure.Equal("ConnectionFailed", error.ErrorId, "the error");
        Ensure.Equal(SubmissionOutcome.NotSent, error.Submission, "what is known");
        Ensure.Equal(before, await tls.CreatedAsync(), "the tasks created");
    }

    private Task SetUp()
    {
        using Client client = new(server.BaseUri);
        HttpClientHandler[] handlers = Handlers.Of(client.Connection);
        Ensure.Equal(3, handlers.Distinct().Count(), "the handlers");
        foreach (HttpClientHandler handler in handlers)
        {
            Ensure.Equal(SslProtocols.Tls12, handler.SslProtocols, "the versions of TLS");
            Ensure.Equal(64, handler.MaxConnectionsPerServer, "the connections at most");
            Ensure.Equal(false, handler.AllowAutoRedirect, "whether redirects are followed");
            Ensure.Equal(false, handler.UseCookies, "whether cookies are kept");
            Ensure.Equal(DecompressionMethods.None, handler.AutomaticDecompression, "what is unpacked");
        }

        return Task.CompletedTask;
    }

    private async Task SideBySide()
    {
        const int Count = 40;
        using Client client = new(server.BaseUri);
        KlingTask task = await client.MadeAsync();
        await server.RequestsAsync();
        for (int i = 0; i < Count; i++)
        {
            await server.FaultAsync("GET", "/", "hang-before");
        }

        using CancellationTokenSource source = new();
        Task[] all =
            [.. Enumerable.Range(0, Count).Select(_ => client.Door.GetAsync(task.TaskId, task.Kind, source.Token))];
        await server.WaitAsync(Count);
        await Ensure.CancelledAtOnceAsync(Task.WhenAll(all), source);
        await server.RequestsAsync();
    }

    private async Task LeaseSet()
    {
        using Client client = new(server.BaseUri);
        await client.MadeAsync();
        ServicePoint point = ServicePointManager.FindServicePoint(server.BaseUri);
        Ensure.Equal((int)Lease.TotalMilliseconds, point.ConnectionLeaseTimeout, "the lease");
        // Mono's handler keeps its connections itself.
        Ensure.Equal(64, Runtime.IsMono ? 64 : point.ConnectionLimit, "the connections at most");
        // As a place that was forgotten, and is now looked up anew, would have it.
        point.ConnectionLeaseTimeout = -1;
        await client.MadeAsync();
        Ensure.Equal((int)Lease.TotalMilliseconds, point.ConnectionLeaseTimeout, "the lease, set again");
    }

    private async Task Ends()
    {
        Client client = new(server.BaseUri);
        HttpClientHandler[] handlers = Handlers.Of(client.Connection);
        client.Dispose();
        foreach (HttpClientHandler handler in handlers)
        {
            using HttpMessageInvoker invoker = new(handler, disposeHandler: false);
            using HttpRequestMessage request = new(HttpMethod.Get, server.BaseUri);
            await Ensure.ThrowsAsync<ObjectDisposedException>(() => invoker.SendAsync(request, CancellationToken.None));
        }
    }

    private async Task ProcessWide()
    {
        SecurityProtocolType protocol = ServicePointManager.SecurityProtocol;
        int limit = ServicePointManager.DefaultConnectionLimit;
        bool expect = ServicePointManager.Expect100Continue;
        using Client client = new(server.BaseUri);
        await client.MadeAsync();
        Ensure.Equal(protocol, ServicePointManager.SecurityProtocol, "the versions of TLS");
        Ensure.Equal(limit, ServicePointManager.DefaultConnectionLimit, "the connections at most");
        Ensure.Equal(expect, ServicePointManager.Expect100Continue, "the expectation of 100 Continue");
        await server.RequestsAsync();
    }
}
