namespace KlingPS;

/// <summary>Where a task stands. Only <see cref="Succeeded"/> and <see cref="Failed"/> are terminal.</summary>
public enum KlingTaskStatus
{
    /// <summary>A word of the service this version does not know, or no answer yet. Never terminal.</summary>
    Unknown = 0,

    /// <summary>Accepted and waiting for its turn.</summary>
    Submitted = 1,

    /// <summary>Being generated.</summary>
    Processing = 2,

    /// <summary>Finished with a video.</summary>
    Succeeded = 3,

    /// <summary>Finished without one; <see cref="KlingTask.StatusMessage"/> says why.</summary>
    Failed = 4,
}
