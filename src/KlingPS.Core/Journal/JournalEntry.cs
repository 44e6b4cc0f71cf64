namespace KlingPS.Journal;

/// <summary>What one line of the journal says, of a paid POST but for the last.</summary>
internal enum JournalStep
{
    /// <summary>It is about to be sent.</summary>
    Intent,

    /// <summary>The service created a task.</summary>
    Created,

    /// <summary>Nothing was created.</summary>
    Refused,

    /// <summary>Nobody can say whether a task was created.</summary>
    Unknown,

    /// <summary>A person has seen that the outcome is unknown.</summary>
    Cleared,

    /// <summary>A wait saw how long tasks take.</summary>
    Observed,
}

/// <summary>One line of the journal. Every step repeats what is known, so that a line lost takes no other with it.</summary>
/// <remarks>Ids, kind and times; no prompt, no address of a video, no key.</remarks>
internal sealed record JournalEntry
{
    internal JournalStep Step { get; init; }

    /// <summary>Ties the steps of one POST together; of an observation, its own.</summary>
    internal string SubmissionId { get; init; } = "";

    /// <summary>When the line was written, by this machine's clock.</summary>
    internal DateTimeOffset At { get; init; }

    internal KlingTaskKind Kind { get; init; }

    /// <summary>Host and port of the service.</summary>
    internal string Host { get; init; } = "";

    /// <summary>See <see cref="AccountMark"/>.</summary>
    internal string Account { get; init; } = "";

    internal string? TaskId { get; init; }

    internal string? ParentTaskId { get; init; }

    internal string? ParentVideoId { get; init; }

    internal string? ExternalTaskId { get; init; }

    /// <summary>The id of the error, or <see cref="Cancelled"/>.</summary>
    internal string? Error { get; init; }

    /// <summary>How long a task took in the median, of an observation.</summary>
    internal TimeSpan? Took { get; init; }

    /// <summary>Of how many tasks that ended, of an observation.</summary>
    internal int Count { get; init; }

    /// <summary>Who sends; null on the answers.</summary>
    internal ProcessMark? Process { get; init; }

    /// <summary>The error of a POST that was stopped half-way: no cmdlet was left to report it.</summary>
    internal const string Cancelled = nameof(Cancelled);

    /// <summary>For a person: what was to be created, of what, and when.</summary>
    internal string Describe()
    {
        string parent = ParentTaskId is null ? "" : $" of task {ParentTaskId} (video {ParentVideoId})";
        string own = ExternalTaskId is null ? "" : $" with your id '{ExternalTaskId}'";
        return $"{Kind}{parent}{own} at {At.LocalDateTime:yyyy-MM-dd HH:mm:ss}";
    }
}
