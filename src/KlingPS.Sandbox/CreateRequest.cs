namespace KlingPS.Sandbox;

/// <summary>What a well-formed creation asks for, before anyone has looked at the other tasks.</summary>
internal sealed record CreateRequest(KlingTaskKind Kind)
{
    /// <summary>Null in an extension, which inherits its parent's.</summary>
    internal string? Model { get; init; }

    /// <summary>Zero in an extension, whose length follows from its parent's.</summary>
    internal TimeSpan Length { get; init; }

    internal string? ParentTaskId { get; init; }

    internal string? ParentVideoId { get; init; }

    internal string? ExternalTaskId { get; init; }

    /// <summary>As sent; empty without one.</summary>
    internal string Prompt { get; init; } = "";

    internal bool Watermark { get; init; }

    /// <summary>Why the task is to end failed; null when it is to succeed.</summary>
    internal string? Failure { get; init; }

    /// <summary>How long the prompt asked the task to take.</summary>
    internal TimeSpan? Takes { get; init; }
}
