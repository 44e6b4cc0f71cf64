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
        return Responses.Success(json => _writer.WriteQueried(json, task, now));
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
