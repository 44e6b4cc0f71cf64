namespace KlingPS;

/// <summary>One generated video: an immutable snapshot of what the service said.</summary>
public sealed record KlingVideo
{
    internal KlingVideo()
    {
    }

    /// <summary>The service's id of the video; an extension needs it together with <see cref="TaskId"/>.</summary>
    public string? VideoId { get; internal init; }

    /// <summary>The task that made the video.</summary>
    public string TaskId { get; internal init; } = "";

    /// <summary>That task's <see cref="KlingTask.Name"/>.</summary>
    public string? Name { get; internal init; }

    /// <summary>That task's <see cref="KlingTask.Part"/>.</summary>
    public int? Part { get; internal init; }

    /// <summary>Which of the task's videos it is, from 0.</summary>
    internal int Index { get; init; }

    /// <summary>The kind of that task.</summary>
    public KlingTaskKind Kind { get; internal init; }

    /// <summary>The whole length; for an extension, parent included.</summary>
    public TimeSpan? Duration { get; internal init; }

    /// <summary>
    /// When the service deletes the file, in local time: the URL's own word, else 30 days after completion.
    /// </summary>
    public DateTime? ExpiresAt { get; internal init; }

    /// <summary>
    /// Where the file can be fetched until <see cref="ExpiresAt"/>; signed, so it is a secret of the user's.
    /// </summary>
    public Uri? Url { get; internal init; }

    /// <summary>The watermarked file, when one was asked for.</summary>
    public Uri? WatermarkUrl { get; internal init; }

    /// <summary>The video id, so that a video put into a string names itself and leaks no signed URL.</summary>
    public override string ToString() => VideoId ?? "";
}
