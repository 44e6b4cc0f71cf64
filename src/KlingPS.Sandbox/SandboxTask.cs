namespace KlingPS.Sandbox;

/// <summary>One task as the service keeps it. It never changes: where it stands follows from the clock.</summary>
internal sealed class SandboxTask
{
    internal const string Succeed = "succeed";

    // Signed URLs seen in the wild carry completion plus exactly 30 days.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    internal required string TaskId { get; init; }

    internal required string VideoId { get; init; }

    /// <summary>What was asked for.</summary>
    internal required CreateRequest Order { get; init; }

    /// <summary>The model asked for, or, in an extension, that of its parent.</summary>
    internal required string Model { get; init; }

    /// <summary>The whole length of the video.</summary>
    internal required TimeSpan Length { get; init; }

    internal SandboxTask? Parent { get; init; }

    internal required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From creation to the end.</summary>
    internal required TimeSpan Takes { get; init; }

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
