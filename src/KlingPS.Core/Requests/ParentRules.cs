namespace KlingPS.Requests;

/// <summary>What is checked of a parent task before an extension of it is paid for.</summary>
internal static class ParentRules
{
    /// <summary>The service extends a video up to three minutes.</summary>
    internal static readonly TimeSpan MaxLength = TimeSpan.FromSeconds(180);

    /// <param name="parent">The task, live or rebuilt from a file; a rebuilt one may have lost its list of
    /// videos.</param>
    /// <param name="wanted">The video to extend, or null for the only one.</param>
    /// <returns>The id of the video to extend.</returns>
    /// <exception cref="KlingException">The first rule the parent breaks; nothing has been sent.</exception>
    internal static string VideoToExtend(KlingTask parent, string? wanted, DateTimeOffset now)
    {
        string videoId = VideoToFollow(parent, wanted, now);
        TimeSpan? length = parent.VideoOf(videoId)?.Duration ?? parent.Duration;
        return length >= MaxLength
            ? throw new KlingException(
                KlingError.ParentTooLong,
                $"The video of task {parent.TaskId} has {length.Value.TotalSeconds:0.#} s; the service "
                    + $"allows {MaxLength.TotalSeconds:0} s.")
            : videoId;
    }

    /// <summary>The same for a video that another one follows, however long it is.</summary>
    /// <inheritdoc cref="VideoToExtend"/>
    internal static string VideoToFollow(KlingTask parent, string? wanted, DateTimeOffset now)
    {
        if (parent.Status != KlingTaskStatus.Succeeded)
        {
            throw new KlingException(
                KlingError.ParentNotReady, $"Task {parent.TaskId} is {parent.Status}, not Succeeded.")
            {
                Action = parent.Status == KlingTaskStatus.Failed
                    ? "A failed task never gets a video; make another parent."
                    : null,
            };
        }

        int count = Math.Max(parent.VideoCount, parent.Videos.Length);
        string? videoId = wanted ?? parent.VideoId;
        KlingVideo? video = parent.VideoOf(videoId);
        bool isForeign = wanted is not null
            && (parent.Videos.Length > 0 ? video is null : count <= 1 && wanted != parent.VideoId);
        if (string.IsNullOrEmpty(videoId) || isForeign)
        {
            throw new KlingException(KlingError.ParentHasNoVideo, wanted is null
                ? $"Task {parent.TaskId} has no video."
                : $"Task {parent.TaskId} has no video {wanted}.");
        }

        if (wanted is null && count > 1)
        {
            throw new KlingException(KlingError.AmbiguousVideo, $"Task {parent.TaskId} has {count} videos.");
        }

        DateTime? expires = video?.ExpiresAt ?? parent.ExpiresAt;
        if (expires <= now.LocalDateTime)
        {
            string at = expires.Value.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            throw new KlingException(KlingError.ParentExpired, $"The video of task {parent.TaskId} expired at {at}.");
        }

        return videoId!;
    }

    /// <summary>Refuses a parent whose model is known to make videos that cannot be extended.</summary>
    /// <exception cref="KlingException">ParentNotExtendable; nothing has been sent.</exception>
    internal static void CheckModel(string taskId, string? model)
    {
        if (model is not null && VideoModels.Find(model) is { IsExtendable: false })
        {
            throw new KlingException(
                KlingError.ParentNotExtendable,
                $"Nothing was sent: task {taskId} was made with {model}, whose videos cannot be extended.",
                action: "Make it longer with Expand-KlingVideo -Method Auto, which adds new clips.");
        }
    }
}
