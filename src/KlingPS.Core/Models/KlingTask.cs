namespace KlingPS;

/// <summary>One task at the service: an immutable snapshot of what it said last.</summary>
/// <remarks>Source of the fields: the task object of the gateway's query response. Sorts by <see
/// cref="CreatedAt"/>.</remarks>
public sealed record KlingTask : IComparable<KlingTask>, IComparable
{
    internal KlingTask()
    {
    }

    /// <summary>The service's id; 18 to 19 digits, so always a string.</summary>
    public string TaskId { get; internal init; } = "";

    /// <summary>The user's own name for the work, from -Name; null without one. The service does not know it.</summary>
    public string? Name { get; internal init; }

    /// <summary>What the task makes.</summary>
    public KlingTaskKind Kind { get; internal init; }

    /// <summary>Where it stands.</summary>
    public KlingTaskStatus Status { get; internal init; }

    /// <summary>The service's own word for the status.</summary>
    public string? RawStatus { get; internal init; }

    /// <summary>The service's reason for a failure; empty when it gave none.</summary>
    public string StatusMessage { get; internal init; } = "";

    /// <summary>
    /// True for <see cref="KlingTaskStatus.Succeeded"/> and <see cref="KlingTaskStatus.Failed"/>, for nothing else.
    /// </summary>
    public bool IsCompleted => Status is KlingTaskStatus.Succeeded or KlingTaskStatus.Failed;

    /// <summary>The first video's id, or null until there is one.</summary>
    public string? VideoId { get; internal init; }

    /// <summary>How many videos the task made.</summary>
    public int VideoCount { get; internal init; }

    /// <summary>The finished videos; empty until there are any, never null.</summary>
    public KlingVideo[] Videos { get; internal init; } = [];

    /// <summary>The length of the first video.</summary>
    public TimeSpan? Duration { get; internal init; }

    /// <summary>For an extension, the video it extends, when the service reports it.</summary>
    public KlingVideo? ParentVideo { get; internal init; }

    /// <summary>When the service accepted the task, in local time.</summary>
    public DateTime CreatedAt { get; internal init; }

    /// <summary>When the service last changed the task, in local time.</summary>
    public DateTime UpdatedAt { get; internal init; }

    /// <summary>Service time between creation and the last change.</summary>
    public TimeSpan Elapsed => UpdatedAt - CreatedAt;

    /// <summary>
    /// When the video is deleted, in local time: the signed URL's own word, else completion plus 30 days.
    /// </summary>
    public DateTime? ExpiresAt { get; internal init; }

    /// <summary>How often Wait-KlingTask asked before this snapshot.</summary>
    public int PollCount { get; internal init; }

    /// <summary>The id given with -ExternalTaskId when the task was made.</summary>
    public string? ExternalTaskId { get; internal init; }

    /// <summary>The service's id of the last request about this task, for its support.</summary>
    public string? RequestId { get; internal init; }

    /// <summary>The units the service took off the account, once it says so.</summary>
    public decimal? UnitsDeducted { get; internal init; }

    /// <summary>
    /// The model asked for when this machine made the task, of an extension its parent's; null when that is not known.
    /// </summary>
    public string? Model { get; internal init; }

    /// <summary>
    /// For people to look at: the name, else the start of the prompt of a task made in this session.
    /// </summary>
    public string? Title { get; internal init; }

    /// <summary>Which part of a chain it is, from 1: an extension follows its parent. Null outside a chain.</summary>
    public int? Part { get; internal init; }

    /// <summary>Whether -Once found the task instead of paying for another.</summary>
    public bool IsReused { get; internal init; }

    /// <summary>What only the user knows of the task, together.</summary>
    internal TaskDetails Details => new(Name, Model, Title, Part);

    /// <summary>
    /// True for a task rebuilt from something that says nothing of videos, neither that there are any nor that there
    /// are none, so that the service is asked.
    /// </summary>
    internal bool VideosUnknown { get; init; }

    /// <summary>
    /// What the row of the task says of its extension: columns a task has not, which no parameter takes from it.
    /// </summary>
    internal IReadOnlyDictionary<string, object>? UnboundColumns { get; init; }

    /// <summary>Why what was given is no task at all, so that a cmdlet can say it as an error of its own.</summary>
    internal string? ValidationError { get; init; }

    /// <summary>One of its videos; null where it says nothing of that one.</summary>
    internal KlingVideo? VideoOf(string? videoId) => Array.Find(Videos, video => video.VideoId == videoId);

    /// <summary>A stand-in for a video that the task says nothing of, known by the ids alone.</summary>
    internal KlingVideo VideoFromIds => new()
    {
        TaskId = TaskId,
        VideoId = VideoId,
        Name = Name,
        Part = Part,
        Duration = Duration,
        ExpiresAt = ExpiresAt,
    };

    /// <summary>The same task with what the user knows of it.</summary>
    internal KlingTask With(TaskDetails known)
    {
        if (known == TaskDetails.None)
        {
            return this;
        }

        string? name = known.Name ?? Name;
        int? part = known.Part ?? Part;
        return this with
        {
            Name = name,
            Model = known.Model ?? Model,
            Title = name ?? known.Title ?? Title,
            Part = part,
            Videos = Array.ConvertAll(Videos, video => video with { Name = name, Part = part }),
        };
    }

    /// <summary>A task known by its id only, before the service has said anything.</summary>
    internal static KlingTask FromId(string taskId, KlingTaskKind kind, DateTimeOffset now) => new()
    {
        TaskId = DisplayText.ToDisplay(taskId, int.MaxValue),
        Kind = kind,
        CreatedAt = now.LocalDateTime,
        UpdatedAt = now.LocalDateTime,
    };

    /// <summary>Two snapshots of one task in one state are equal, whatever was asked when.</summary>
    public bool Equals(KlingTask? other) =>
        other is not null
        && (TaskId, Kind, Status, StatusMessage, VideoId)
            == (other.TaskId, other.Kind, other.Status, other.StatusMessage, other.VideoId);

    /// <inheritdoc/>
    public override int GetHashCode() => TaskId.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(KlingTask? other) => other is null ? 1 : CreatedAt.CompareTo(other.CreatedAt);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        KlingTask other => CompareTo(other),
        _ => throw new ArgumentException("A KlingTask can only be compared with another KlingTask.", nameof(obj)),
    };

    /// <summary>The task id, so that a task put into a string names itself.</summary>
    public override string ToString() => TaskId;
}

/// <summary>What the user knows of a task and the service does not. It travels with the task.</summary>
/// <param name="Title">For people to look at; never written to the journal.</param>
internal sealed record TaskDetails(string? Name = null, string? Model = null, string? Title = null, int? Part = null)
{
    private const int LongestTitle = 40;

    internal static readonly TaskDetails None = new();

    /// <summary>The title of work without a name: the start of its prompt.</summary>
    internal static string? TitleOf(string? prompt)
    {
        string line = DisplayText.ToDisplay(prompt?.Trim() ?? "", LongestTitle);
        return line.Length == 0 ? null : line;
    }
}
