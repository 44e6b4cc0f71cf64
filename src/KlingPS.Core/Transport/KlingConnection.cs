using System.Net;
using KlingPS.Journal;
using KlingPS.Providers;

namespace KlingPS.Transport;

/// <summary>One account at one address: the key, the sockets, the rate limiter, and what it submitted.</summary>
internal sealed class KlingConnection : IDisposable
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly string UserAgent =
        $"KlingPS/{typeof(KlingConnection).Assembly.GetName().Version?.ToString(3)}";

    // Not HttpClient, whose timeout, buffering and default headers are unused and cost 5 % of a query.
    private readonly HttpMessageInvoker _remote;

    // Loopback never goes through a proxy: plain http is allowed there and carries the key.
    private readonly HttpMessageInvoker _local;

    // Each paid request gets a new connection: on a kept-alive one that the service closes at that
    // moment, its outcome would be unknown.
    private readonly HttpMessageInvoker _paid;
#if !NET
    private readonly IWebProxy? _proxy;
    private readonly bool _usesSockets;
#endif

    // The owner is the first user.
    private int _users = 1;
    private int _isDisposed;

    internal KlingConnection(
        ConnectionSettings settings,
        ApiKey key,
        TimeProvider? time = null,
        HttpMessageHandler? handler = null,
        TaskJournal? journal = null)
    {
        Settings = settings;
        Key = key;
        Time = time ?? TimeProvider.System;
        Journal = journal ?? new TaskJournal(new MemoryJournalStore(), Time);
        Account = new AccountFingerprint(key);
        Limiter = new RateLimiter(settings.MaxRequestsPerSec, Time);
        Slots = new ConcurrencyQueue(Time);
        Budget = new PaidTaskBudget(settings.MaxPaidTasks);
        Recent = new RecentTasks(Time);
#pragma warning disable RS0030 // The one place that makes them.
        _remote = new HttpMessageInvoker(handler ?? Sockets(settings, usesProxy: true));
        _local = handler is null ? new HttpMessageInvoker(Sockets(settings, usesProxy: false)) : _remote;
        _paid = handler is null
            ? new HttpMessageInvoker(Sockets(settings, !settings.BaseUri.IsLoopback, keepsConnections: false))
            : _remote;
#pragma warning restore RS0030
#if !NET
        _usesSockets = handler is null;
        _proxy = ProxyOf(settings) ?? WebRequest.DefaultWebProxy;
#endif
    }

    /// <summary>A connection to the service, with the journal that the environment names.</summary>
    internal static KlingConnection ToService(ConnectionSettings settings, ApiKey key)
    {
        KlingConnection made = new(settings, key, journal: JournalLocation.Open());
        // To read the journal and to make the key's forms takes milliseconds the first time, so both are done in the
        // background.
        made.Use();
        _ = Task.Run(() =>
        {
            try
            {
                made.Journal.ReadAhead();
                KeyForms.Of(key.Reveal());
            }
            finally
            {
                made.Release();
            }
        });
        return made;
    }

    /// <summary>A connection to what answers within this process, with a journal in memory.</summary>
    internal static KlingConnection ToHandler(ConnectionSettings settings, ApiKey key, HttpMessageHandler handler) =>
        new(settings, key, handler: handler);

    /// <summary>A connection that knows the address but sends nothing, for -WhatIf without a key.</summary>
    internal static KlingConnection WithoutKey(ConnectionSettings settings) =>
        ToHandler(settings, new ApiKey("-", "none"), new NoKeyHandler());

    internal ConnectionSettings Settings { get; }

    internal Provider Provider => Settings.Provider;

    internal ApiKey Key { get; }

    internal TimeProvider Time { get; }

    internal RateLimiter Limiter { get; }

    internal ConcurrencyQueue Slots { get; }

    internal PaidTaskBudget Budget { get; }

    /// <summary>Whether a variable may hold it, so that it is wanted again.</summary>
    internal bool IsPassedOn { get; set; }

    internal RecentTasks Recent { get; }

    /// <summary>What this machine paid for; in memory unless a store was given.</summary>
    internal TaskJournal Journal { get; }

    /// <summary>What this connection's entries in the journal are known by, beside <see cref="Host"/>.</summary>
    internal AccountFingerprint Account { get; }

    internal string Host => Settings.BaseUri.Authority;

    /// <summary>
    /// What is known of a task beside what the service says: by this connection, else by the journal.
    /// </summary>
    internal TaskDetails DetailsOf(string taskId) =>
        Recent.DetailsOf(taskId) ?? Journal.Find(taskId)?.Details ?? TaskDetails.None;

    /// <summary>Whether a task or submission in the journal is of this account.</summary>
    internal bool Owns(JournalEntry entry) => entry.Host == Host && Account.Matches(entry.Account);

    /// <summary>
    /// Sends a request and returns once the head of its answer is there. No redirect is followed, no time is limited.
    /// </summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        bool isLocal = request.RequestUri!.IsLoopback;
#if !NET
        if (_usesSockets)
        {
            // .NET Framework keeps connections and resolved addresses for ever by default, and drops this
            // setting with the last connection to a host.
            ServicePointManager.FindServicePoint(request.RequestUri, isLocal ? null : _proxy).ConnectionLeaseTimeout =
                (int)ConnectionLifetime.TotalMilliseconds;
        }
#endif
        HttpMessageInvoker http = request.Headers.ConnectionClose == true ? _paid : isLocal ? _local : _remote;
        return http.SendAsync(request, cancellationToken);
    }

    /// <summary>
    /// Keeps the connection whole until <see cref="Release"/>, also when it is disposed of meanwhile.
    /// </summary>
    internal void Use() => Interlocked.Increment(ref _users);

    /// <summary>As <see cref="Use"/>, unless the connection has been closed.</summary>
    /// <returns>False when it has.</returns>
    internal bool TryUse()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    /// <summary>Ends a use; the last one of a connection disposed of meanwhile closes it.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _remote.Dispose();
            _local.Dispose();
            _paid.Dispose();
            Key.Dispose();
        }
    }

    /// <summary>Closes the connection, once no command uses it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Release();
        }
    }

    // No redirects: one would carry a paid POST, or the key, to another place. No decompression: answers
    // are small, and a compressed bomb must not go off.
#if NET
    internal static SocketsHttpHandler Sockets(
        ConnectionSettings settings,
        bool usesProxy,
        bool keepsConnections = true) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = keepsConnections ? ConnectionLifetime : TimeSpan.Zero,
        // No tracing headers of the host process are sent.
        ActivityHeadersPropagator = null,
        UseProxy = usesProxy,
        Proxy = usesProxy ? ProxyOf(settings) : null,
    };
#else
    // HttpWebRequest reuses idle connections even for requests that close theirs. Handlers share none,
    // and paid requests leave none behind in their handler.
    private static HttpClientHandler Sockets(ConnectionSettings settings, bool usesProxy, bool keepsConnections = true)
    {
        HttpClientHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // On this handler only, not process-wide.
            SslProtocols = System.Security.Authentication.SslProtocols.Tls12,
            MaxConnectionsPerServer = 64,
            UseProxy = usesProxy,
        };
        if (usesProxy && ProxyOf(settings) is { } proxy)
        {
            handler.Proxy = proxy;
        }

        return handler;
    }
#endif

    private static WebProxy? ProxyOf(ConnectionSettings settings)
    {
        if (settings.Proxy is not { } address)
        {
            return null;
        }

        string[] user = address.UserInfo.Split([':'], 2);
        return new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri)
        {
            Credentials = settings.ProxyCredential is { } given ? given
                : address.UserInfo.Length == 0 ? null
                : new NetworkCredential(
                    Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user.Length > 1 ? user[1] : "")),
        };
    }

    private sealed class NoKeyHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken) =>
            throw new KlingException(KlingError.NotConnected, "Without a key, the service cannot be asked.");
    }
}
