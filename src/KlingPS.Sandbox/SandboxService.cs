namespace KlingPS.Sandbox;

/// <summary>The service in memory: one account, its tasks and its videos. Safe to call from any thread.</summary>
internal sealed class SandboxService
{
    private const string Bearer = "Bearer ";

    private readonly SandboxOptions _options;
    private readonly TaskStore _ledger;
    private readonly VideoHost _videos;
    private readonly TaskWriter _writer;

    internal SandboxService(SandboxOptions options)
    {
        _options = options;
        _ledger = new TaskStore(options);
        _videos = new VideoHost(options, _ledger);
        _writer = new TaskWriter(_videos);
    }

    /// <summary>Tasks created so far: what would have been paid for.</summary>
    internal int CreatedCount => _ledger.Count;

    /// <summary>All of them, in order of creation.</summary>
    internal IReadOnlyList<SandboxTask> Created => _ledger.All;

    internal SandboxResponse Handle(SandboxRequest request)
    {
        string[] parts = request.Path.Split(['?'], 2);
        string path = parts[0];
        if (_videos.Owns(path))
        {
            return _videos.Serve(request, path, parts.Length > 1 ? parts[1] : "");
        }

        TaskRoute? route = TaskRoute.Find(path);
        bool creates = request.Method == "POST" && route is { TaskId: null };
        bool queries = request.Method == "GET" && route is { TaskId: not null };
        if (!creates && !queries)
        {
            return Responses.UnknownRoute(request.Method, path);
        }

        try
        {
            return !HasValidKey(request) ? Responses.InvalidKey()
                : creates ? Create(route!.Kind, request.Body)
                : Query(route!.Kind, route.TaskId!);
        }
        catch (ServiceError refusal)
        {
            return Responses.Refused(refusal);
        }
    }

    private SandboxResponse Create(KlingTaskKind kind, byte[] body)
    {
        SandboxTask task = _ledger.Create(RequestParser.Read(kind, body));
        return Responses.Success(json => TaskWriter.WriteCreated(json, task));
    }

    private SandboxResponse Query(KlingTaskKind kind, string id)
    {
        SandboxTask task = _ledger.Find(kind, id) ?? throw ServiceError.NotFound(id);
        DateTimeOffset now = _options.Time.GetUtcNow();
        return _options.WrapsOmni && kind == KlingTaskKind.OmniVideo
            ? Responses.Wrapped(json => _writer.WriteWrapped(json, task, now))
            : Responses.Success(json => _writer.WriteQueried(json, task, now));
    }

    private bool HasValidKey(SandboxRequest request)
    {
        string header = request.Header("Authorization")?.Trim() ?? "";
        if (header.Length == 0 || header.Equals(Bearer.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceError.Of(401, 1001, "Authorization is empty");
        }

        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceError.Of(401, 1002, "Authorization is invalid");
        }

        return _options.RequiredKey is null || _options.RequiredKey == header.Substring(Bearer.Length).Trim();
    }
}

/// <summary>How one sandbox behaves.</summary>
internal sealed class SandboxOptions
{
    /// <summary>The clock tasks grow old by.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>From creation to the end: submitted for the first quarter, then processing. Zero: at once.</summary>
    internal TimeSpan TaskDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The n-th created task (from 0) to its duration; overrides <see cref="TaskDuration"/>.</summary>
    internal Func<int, TimeSpan>? DurationOf { get; set; }

    /// <summary>How many tasks the account may have unfinished; null for no limit.</summary>
    internal int? ConcurrentTasks { get; set; }

    /// <summary>The only key accepted; null accepts any.</summary>
    internal string? RequiredKey { get; set; }

    /// <summary>
    /// Takes an external id as often as it comes, so that nothing but the client keeps a task from being paid twice.
    /// </summary>
    internal bool TakesExternalIdsAgain { get; set; }

    /// <summary>
    /// Answers queries of omni tasks in the gateway's older shape: its own task around the service's.
    /// </summary>
    internal bool WrapsOmni { get; set; }

    /// <summary>Where video URLs point. Settable late, because a server learns its port late.</summary>
    internal Uri PublicBaseUri { get; set; } = new("https://sandbox.klingps.invalid/");
}

/// <summary>What a path asks for: the tasks of a kind, or one task of it.</summary>
/// <param name="TaskId">The last segment of a query; null on the route itself.</param>
internal sealed record TaskRoute(KlingTaskKind Kind, string? TaskId)
{
    /// <summary>The route at the end of the path, whatever prefix a gateway puts before it.</summary>
    internal static TaskRoute? Find(string path)
    {
        if (KindOf(path) is { } kind)
        {
            return new TaskRoute(kind, null);
        }

        int slash = path.LastIndexOf('/');
        string id = Uri.UnescapeDataString(path.Substring(slash + 1));
        return slash > 0 && id.Length > 0 && KindOf(path.Substring(0, slash)) is { } parent
            ? new TaskRoute(parent, id)
            : null;
    }

    private static KlingTaskKind? KindOf(string path)
    {
        foreach ((KlingTaskKind kind, string route) in TaskKinds.All)
        {
            if (path.EndsWith("/" + route, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return null;
    }
}
