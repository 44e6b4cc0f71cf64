using System.Text.Json;

namespace KlingPS.Responses;

/// <summary>
/// The service's task object as a <see cref="KlingTask"/>. Only what every real body has is required.
/// </summary>
internal static class TaskReader
{
    // A task has a handful of videos; an endless list must not fill the memory.
    private const int MostVideos = 1000;

    // A gateway wraps the service's task at most two levels deep.
    private const int Deepest = 4;

    /// <summary>Finds the task object: bare, in <c>data</c>, or in the <c>data</c> of a gateway's own task.</summary>
    /// <returns>Null when there is none.</returns>
    internal static KlingTask? Read(JsonElement root, KlingTaskKind kind, string? key, DateTimeOffset now)
    {
        if (Find(root, key) is not (JsonElement data, string taskId))
        {
            return null;
        }

        string? Clean(string? text) => text is null ? null : Redactor.Message(text, key);

        DateTimeOffset created = data.UnixMilliseconds("created_at"u8) ?? data.UnixMilliseconds("updated_at"u8) ?? now;
        DateTimeOffset updated = data.UnixMilliseconds("updated_at"u8) ?? created;
        string? word = data.Text("task_status"u8);
        KlingTaskStatus status = StatusOf(word);
        JsonElement info = data.Object("task_info"u8) ?? default;
        DateTimeOffset? kept = status == KlingTaskStatus.Succeeded ? updated + SignedUrl.Retention : null;
        KlingVideo[] videos = VideosOf(data.Object("task_result"u8) ?? default, taskId, kind, key, kept);
        return new KlingTask
        {
            TaskId = taskId,
            Kind = kind,
            Status = status,
            RawStatus = Clean(word),
            StatusMessage = Clean(data.Text("task_status_msg"u8)) ?? "",
            Videos = videos,
            VideoCount = videos.Length,
            VideoId = videos.Length > 0 ? videos[0].VideoId : null,
            Duration = videos.Length > 0 ? videos[0].Duration : null,
            ParentVideo = info.Object("parent_video"u8) is { } parent ? VideoOf(parent, "", kind, key, null) : null,
            CreatedAt = created.LocalDateTime,
            UpdatedAt = updated.LocalDateTime,
            ExpiresAt = videos.Length > 0 ? videos.Min(video => video.ExpiresAt) : kept?.LocalDateTime,
            RequestId = Clean(root.NonEmpty("request_id"u8)),
            ExternalTaskId = Clean(info.NonEmpty("external_task_id"u8) ?? data.NonEmpty("external_task_id"u8)),
            UnitsDeducted = data.Decimal("final_unit_deduction"u8),
        };
    }

    /// <summary>The id of the task an answer names, whatever else it says; null when it names none.</summary>
    internal static string? IdNamedBy(JsonElement root, string? key) => Find(root, key)?.TaskId;

    /// <summary>
    /// Whether the answer is about the task of this id: by its own, by the user's, or by one that a gateway gave it.
    /// </summary>
    internal static bool IsAbout(JsonElement root, KlingTask task, string asked, string? key)
    {
        JsonElement? candidate = root;
        bool isNamed = task.ExternalTaskId == Redactor.Message(asked, key);
        for (int depth = 0; depth < Deepest && candidate is { } element && !isNamed; depth++)
        {
            isNamed = IdIn(element, "task_id"u8, key) == asked;
            candidate = element.Object("data"u8);
        }

        return isNamed;
    }

    /// <summary>Whether it can be asked for as it is: an id that was shortened or cleaned would be another's.</summary>
    internal static bool IsId(string id, string? key) =>
        TaskIds.GetValidationError(id) is null && Redactor.Message(id, key) == id;

    /// <summary>Four known words; any other is Unknown and never taken for an end.</summary>
    internal static KlingTaskStatus StatusOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "submitted" => KlingTaskStatus.Submitted,
        "processing" => KlingTaskStatus.Processing,
        "succeed" => KlingTaskStatus.Succeeded,
        "failed" => KlingTaskStatus.Failed,
        _ => KlingTaskStatus.Unknown,
    };

    // Prefer the object with a status, else the innermost: an id without a status is still a task that
    // may have been paid for.
    private static (JsonElement Data, string TaskId)? Find(JsonElement root, string? key)
    {
        JsonElement? candidate = root;
        (JsonElement, string)? withId = null;
        for (int depth = 0; depth < Deepest && candidate is { } element; depth++)
        {
            if (IdIn(element, "task_id"u8, key) is { } taskId)
            {
                withId = (element, taskId);
                if (element.Field("task_status"u8) is not null)
                {
                    break;
                }
            }

            candidate = element.Object("data"u8);
        }

        return withId;
    }

    private static string? IdIn(JsonElement element, ReadOnlySpan<byte> name, string? key) =>
        element.NonEmpty(name)?.Trim() is { } id && IsId(id, key) ? id : null;

    private static KlingVideo[] VideosOf(
        JsonElement result,
        string taskId,
        KlingTaskKind kind,
        string? key,
        DateTimeOffset? kept)
    {
        if (result.Field("videos"u8) is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }

        List<KlingVideo> videos = new(1);
        foreach (JsonElement video in list.EnumerateArray())
        {
            if (videos.Count < MostVideos && video.ValueKind == JsonValueKind.Object)
            {
                videos.Add(VideoOf(video, taskId, kind, key, kept) with { Index = videos.Count });
            }
        }

        return [.. videos];
    }

    private static KlingVideo VideoOf(
        JsonElement video,
        string taskId,
        KlingTaskKind kind,
        string? key,
        DateTimeOffset? kept)
    {
        Uri? url = AddressIn(video, "url"u8, key);
        return new KlingVideo
        {
            VideoId = IdIn(video, "id"u8, key),
            TaskId = taskId,
            Kind = kind,
            Url = url,
            Duration = video.Seconds("duration"u8),
            WatermarkUrl = AddressIn(video, "watermark_url"u8, key),
            ExpiresAt = (SignedUrl.ExpiresAt(url) ?? kept)?.LocalDateTime,
        };
    }

    // A URL that carries our key would take it to another host and into every saved task.
    private static Uri? AddressIn(JsonElement video, ReadOnlySpan<byte> name, string? key) =>
        video.WebAddress(name) is { } address && !Redactor.HoldsKey(address.OriginalString, key) ? address : null;
}
