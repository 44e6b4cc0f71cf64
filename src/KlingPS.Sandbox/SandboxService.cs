using System.Text.Json.Nodes;
using KlingPS.Providers;
using KlingPS.Requests;

namespace KlingPS.Sandbox;

/// <summary>The service in memory: one account, its tasks and its videos. Safe to call from any thread.</summary>
internal sealed class SandboxService
{
    /// <summary>Where CometAPI's service of quotas is, at a host of its own.</summary>
    internal const string QuotaPath = "/user/quota";

    private const string CostsPath = "/account/costs";
    private const string Bearer = "Bearer ";
    private const int UsualPage = 30;

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

    /// <summary>Makes a task as one that has been made earlier, with a model that has ended since, too.</summary>
    internal SandboxTask Make(KlingTaskKind kind, byte[] body) => _ledger.Create(RequestParser.Read(kind, body));

    internal SandboxResponse Handle(SandboxRequest request)
    {
        string[] parts = request.Path.Split(['?'], 2);
        string path = parts[0];
        string query = parts.Length > 1 ? parts[1] : "";
        if (_videos.Owns(path))
        {
            return _videos.Serve(request, path, query);
        }

        if (Provider == Provider.CometApi && request.Method == "GET" && path == QuotaPath)
        {
            return IsKey(Parameter(query, "key") ?? "") ? BalanceWriter.Quota(_ledger.Count) : Responses.InvalidKey();
        }

        bool isGatewayPath = !path.StartsWith("/v1/", StringComparison.Ordinal);
        TaskRoute? route = isGatewayPath && Provider == Provider.Kling ? null : TaskRoute.Find(path);
        Func<SandboxResponse>? answer = (request.Method, route) switch
        {
            ("POST", { TaskId: null }) => () => Create(route.Kind, request.Body),
            ("GET", { TaskId: { } taskId }) => () => Query(route.Kind, taskId),
            ("GET", { TaskId: null }) when Provider.ListsTasks => () => List(route.Kind, query),
            ("GET", null) when Provider == Provider.Kling && path == CostsPath => () => Costs(query),
            _ => null,
        };
        if (answer is null)
        {
            return Responses.UnknownRoute(request.Method, path);
        }

        try
        {
            return HasValidKey(request) ? answer() : Responses.InvalidKey();
        }
        catch (ServiceError refusal)
        {
            return Responses.Refused(refusal);
        }
    }

    private Provider Provider => Provider.Of(_options.Provider);

    private SandboxResponse Create(KlingTaskKind kind, byte[] body)
    {
        CreateRequest order = RequestParser.Read(kind, body);
        if (Provider.SendsParentTask && order.ParentVideoId is not null && order.ParentTaskId is null)
        {
            throw ServiceError.BadRequest("task_id is required");
        }

        // Gateways still serve them.
        if (Provider == Provider.Kling && order.Model is not null && VideoModels.Find(order.Model)?.IsRetired == true)
        {
            throw ServiceError.Of(404, 1203, "The model is discontinued");
        }

        SandboxTask task = _ledger.Create(order);
        return Responses.Success(TaskWriter.Created(task));
    }

    private SandboxResponse Query(KlingTaskKind kind, string id)
    {
        SandboxTask task = _ledger.Find(kind, id) ?? throw ServiceError.NotFound(id);
        DateTimeOffset now = _options.Time.GetUtcNow();
        return _options.WrapsOmni && kind == KlingTaskKind.OmniVideo
            ? Responses.Wrapped(_writer.Wrapped(task, now))
            : Responses.Success(_writer.Queried(task, now));
    }

    private SandboxResponse List(KlingTaskKind kind, string query)
    {
        int page = Number(query, "pageNum", ApiRequest.LastPage) ?? 1;
        int size = Number(query, "pageSize", ApiRequest.LargestPage) ?? UsualPage;
        DateTimeOffset now = _options.Time.GetUtcNow();
        IEnumerable<SandboxTask> tasks =
            _ledger.All.Where(task => task.Order.Kind == kind).Reverse().Skip((page - 1) * size).Take(size);
        return Responses.Success(new JsonArray([.. tasks.Select(task => _writer.Queried(task, now))]));
    }

    private SandboxResponse Costs(string query)
    {
        foreach (string name in new[] { "start_time", "end_time" })
        {
            if (!long.TryParse(Parameter(query, name), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw ServiceError.BadRequest($"{name} is required");
            }
        }

        return BalanceWriter.Packs(_ledger.Count, _options.Time.GetUtcNow());
    }

    private static int? Number(string query, string name, int largest) => Parameter(query, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= largest ? number
        : throw ServiceError.BadValue($"{name} must be between 1 and {largest}");

    private static string? Parameter(string query, string name) => query.Split('&')
        .Where(part => part.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(part => Uri.UnescapeDataString(part.Substring(name.Length + 1)))
        .FirstOrDefault();

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

        string key = header.Substring(Bearer.Length).Trim();
        if (Provider == Provider.CometApi)
        {
            return IsKey(key);
        }

        if (key.IndexOf('.') >= 0)
        {
            TokenCheck.Check(key, _options.AccessKey, _options.SecretKey, _options.Time.GetUtcNow());
        }
        else if (!IsKey(key) || (_options.RequiredKey is null && _options.AccessKey is not null))
        {
            throw ServiceError.Of(401, 1002, "Authorization is invalid");
        }

        return true;
    }

    private bool IsKey(string key) => _options.RequiredKey is null || _options.RequiredKey == key;
}

/// <summary>How one sandbox behaves.</summary>
internal sealed class SandboxOptions
{
    /// <summary>Whose routes, keys and models it has.</summary>
    internal KlingProvider Provider { get; set; }

    /// <summary>The only access key accepted, with its secret; null accepts any. Kling has them.</summary>
    internal string? AccessKey { get; set; }

    internal string? SecretKey { get; set; }

    /// <summary>What a client is to connect to.</summary>
    internal Uri BaseUri => new(PublicBaseUri, Provider == KlingProvider.Kling ? "" : "kling/");

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
        int at = Array.FindIndex(TaskKinds.All, row => path.EndsWith("/" + row.Route, StringComparison.Ordinal));
        return at < 0 ? null : TaskKinds.All[at].Kind;
    }
}
