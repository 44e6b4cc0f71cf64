using KlingPS.Journal;

namespace KlingPS;

/// <summary>Where a paid submission stands whose outcome nobody knows.</summary>
public enum KlingIntentState
{
    /// <summary>A command on this machine still waits for the answer.</summary>
    InFlight = 0,

    /// <summary>
    /// It was stopped before the answer came: killed, cancelled, or sent by another host that cannot be asked.
    /// </summary>
    Interrupted = 1,

    /// <summary>It was sent, and no usable answer came.</summary>
    Unknown = 2,
}

/// <summary>
/// A paid submission that may have created a task; from Get-KlingIntent. A snapshot that never changes.
/// </summary>
public sealed class KlingIntent
{
    internal KlingIntent(SubmissionState state, bool isThisAccount)
    {
        JournalEntry entry = state.Entry;
        Entry = entry;
        IntentId = entry.Id;
        At = entry.At.LocalDateTime;
        Name = entry.Name;
        Kind = entry.Kind;
        Model = entry.Model;
        ParentTaskId = entry.ParentTaskId;
        ParentVideoId = entry.ParentVideoId;
        ExternalTaskId = entry.ExternalTaskId;
        Host = entry.Host;
        IsThisAccount = isThisAccount;
        IsTold = state.IsTold;
        ErrorId = entry.Error == JournalEntry.Cancelled ? null : entry.Error;
        State = TaskJournal.IsInFlight(state) ? KlingIntentState.InFlight
            : ErrorId is null ? KlingIntentState.Interrupted
            : KlingIntentState.Unknown;
    }

    /// <summary>Its id in the journal.</summary>
    public string IntentId { get; }

    /// <summary>When it was sent, or its outcome became unknown; local time.</summary>
    public DateTime At { get; }

    /// <summary>The user's own name for the work, or null.</summary>
    public string? Name { get; }

    /// <summary>What was to be created.</summary>
    public KlingTaskKind Kind { get; }

    /// <summary>The model asked for, or null.</summary>
    public string? Model { get; }

    /// <summary>The task to be extended, or null.</summary>
    public string? ParentTaskId { get; }

    /// <summary>The video to be extended, or null.</summary>
    public string? ParentVideoId { get; }

    /// <summary>The user's own id, by which the service can be asked; or null.</summary>
    public string? ExternalTaskId { get; }

    /// <summary>Host and port of the service.</summary>
    public string Host { get; }

    /// <summary>Whether it was paid by the account connected now.</summary>
    public bool IsThisAccount { get; }

    /// <summary>Whether an error or a warning has told of it.</summary>
    public bool IsTold { get; }

    /// <summary>Where it stands.</summary>
    public KlingIntentState State { get; }

    /// <summary>The id of the error it ended with, or null when it was stopped.</summary>
    public string? ErrorId { get; }

    internal JournalEntry Entry { get; }

    /// <summary>What was to be created, of what, and when.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Entry.Describe();
}
