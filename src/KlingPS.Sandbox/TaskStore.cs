using KlingPS.Requests;

namespace KlingPS.Sandbox;

/// <summary>Every task of the one account. The only mutable state of the sandbox, behind one lock.</summary>
internal sealed class TaskStore(SandboxOptions options)
{
    private readonly object _gate = new();
    private readonly List<SandboxTask> _all = [];
    private readonly List<SandboxTask> _unfinished = [];
    private readonly Dictionary<string, SandboxTask> _byId = [];
    private readonly Dictionary<string, SandboxTask> _byExternalId = [];
    private readonly Dictionary<string, SandboxTask> _byVideoId = [];
    // Seeded: on .NET Framework two instances made at the same moment would draw the same ids.
    private readonly Random _random = new(Guid.NewGuid().GetHashCode());
    private long _lastId;

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    internal SandboxTask[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Creates the task, or throws a <see cref="ServiceError"/> and creates nothing.</summary>
    internal SandboxTask Create(CreateRequest order)
    {
        lock (_gate)
        {
            DateTimeOffset now = options.Time.GetUtcNow();
            SandboxTask? parent = order.ParentVideoId is not { } videoId ? null : ParentRules.Check(
                order.ParentTaskId is { } parentId ? Get(_byId, parentId) : Get(_byVideoId, videoId), order, now);
            if (order.ExternalTaskId is { } external && _byExternalId.ContainsKey(external)
                && !options.TakesExternalIdsAgain)
            {
                throw ServiceError.BadValue($"External_task_id {external} already exists");
            }

            TimeSpan? reference = order.ReferenceUrl is { } url ? LengthOf(url, order.Model!) : null;
            TakeSlot(now);
            long id = NextId();
            SandboxTask task = new(
                TaskId: Digits(id),
                VideoId: Digits(id + 16),
                order,
                Model: parent?.Model ?? order.Model!,
                Length: parent is not null ? ParentRules.Extended(parent.Length)
                    : order.IsEdit && reference is { } edited ? edited
                    : order.Length,
                parent,
                CreatedAt: now,
                Takes: order.Takes ?? options.DurationOf?.Invoke(_all.Count) ?? options.TaskDuration);
            Add(task);
            return task;
        }
    }

    /// <summary>The task of this kind with this id, or with this external id where the service takes those.</summary>
    internal SandboxTask? Find(KlingTaskKind kind, string id)
    {
        lock (_gate)
        {
            SandboxTask? task = Get(_byId, id) ?? Get(_byExternalId, id);
            return task?.Order.Kind == kind ? task : null;
        }
    }

    internal SandboxTask? FindByVideo(string videoId)
    {
        lock (_gate)
        {
            return Get(_byVideoId, videoId);
        }
    }

    // Only a video of this service has a length that is known here.
    private TimeSpan? LengthOf(string url, string model)
    {
        SandboxTask? made = Uri.TryCreate(url, UriKind.Absolute, out Uri? address)
            ? Get(_byVideoId, Path.GetFileNameWithoutExtension(address.AbsolutePath))
            : null;
        (double least, double most) = VideoModels.Find(model)!.ReferenceVideo!.Value;
        return made is null || (made.Length.TotalSeconds >= least && made.Length.TotalSeconds <= most)
            ? made?.Length
            : throw ServiceError.BadValue($"video_list takes a video of {least} to {most} seconds");
    }

    private static SandboxTask? Get(Dictionary<string, SandboxTask> tasks, string key) =>
        tasks.TryGetValue(key, out SandboxTask? task) ? task : null;

    private static string Digits(long id) => id.ToString(CultureInfo.InvariantCulture);

    private void TakeSlot(DateTimeOffset now)
    {
        _unfinished.RemoveAll(task => task.FinishedAt <= now);
        if (_unfinished.Count >= options.ConcurrentTasks)
        {
            throw ServiceError.Of(429, 1303, "parallel task over resource pack limit");
        }
    }

    // 18 digits, never the same in two sandboxes: a journal outlives the sandbox that made its tasks.
    private long NextId()
    {
        _lastId = _lastId == 0
            ? 800_000_000_000_000_000 + (long)(_random.NextDouble() * 100_000_000_000_000_000)
            : _lastId + 1_000 + _random.Next(1_000_000);
        return _lastId;
    }

    private void Add(SandboxTask task)
    {
        _all.Add(task);
        _unfinished.Add(task);
        _byId.Add(task.TaskId, task);
        _byVideoId.Add(task.VideoId, task);
        if (task.Order.ExternalTaskId is { } external)
        {
            _byExternalId[external] = task;
        }
    }
}

/// <summary>One task as the service keeps it. It never changes: where it stands follows from the clock.</summary>
/// <param name="Order">What was asked for.</param>
/// <param name="Model">The model asked for, or, in an extension, that of its parent.</param>
/// <param name="Length">The whole length of the video.</param>
/// <param name="Takes">From creation to the end.</param>
internal sealed record SandboxTask(
    string TaskId,
    string VideoId,
    CreateRequest Order,
    string Model,
    TimeSpan Length,
    SandboxTask? Parent,
    DateTimeOffset CreatedAt,
    TimeSpan Takes)
{
    internal const string Succeed = "succeed";

    // Real signed URLs expire exactly 30 days after completion.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>What makes the video's URL a signed one.</summary>
    internal string Secret { get; } = Guid.NewGuid().ToString("N");

    internal DateTimeOffset FinishedAt => CreatedAt + Takes;

    /// <summary>When the video is deleted; whole seconds, as in its URL.</summary>
    internal DateTimeOffset ExpiresAt =>
        DateTimeOffset.FromUnixTimeSeconds((FinishedAt + Retention).ToUnixTimeSeconds());

    private DateTimeOffset StartedAt => CreatedAt + TimeSpan.FromTicks(Takes.Ticks / 4);

    internal string StatusAt(DateTimeOffset now) =>
        now < StartedAt ? "submitted"
        : now < FinishedAt ? "processing"
        : Order.Failure is null ? Succeed
        : "failed";

    internal DateTimeOffset ChangedAt(DateTimeOffset now) =>
        now < StartedAt ? CreatedAt
        : now < FinishedAt ? StartedAt
        : FinishedAt;

    internal bool HasVideoAt(DateTimeOffset now) => StatusAt(now) == Succeed;
}
