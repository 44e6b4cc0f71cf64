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

    /// <summary>
    /// Finds the task object: bare, in <c>data</c>, or in the <c>data</c> of a gateway's own task, which fills what the
    /// service's leaves out.
    /// </summary>
    /// <param name="asked">The id that was asked for: a gateway with ids of its own answers for no other.</param>
    /// <returns>Null when there is none.</returns>
    internal static KlingTask? Read(
        JsonElement root,
        KlingTaskKind kind,
        string? key,
        DateTimeOffset now,
        string? asked = null)
    {
        if (Find(root, key) is not (JsonElement data, JsonElement outer, string found))
        {
            return null;
        }

        string taskId = asked is not null && asked != found && IsNamed(root, asked, key) ? asked : found;

        string? Clean(string? text) => text is null ? null : Redactor.Message(text, key);

        DateTimeOffset created = data.UnixMilliseconds("created_at"u8) ?? data.UnixMilliseconds("updated_at"u8)
            ?? outer.UnixSeconds("submit_time"u8) ?? now;
        DateTimeOffset updated = data.UnixMilliseconds("updated_at"u8) ?? outer.UnixSeconds("finish_time"u8) ?? created;
        string? word = Word(data, outer);
        KlingTaskStatus status = StatusOf(word);
        JsonElement info = data.Object("task_info"u8) ?? default;
        DateTimeOffset? kept = status == KlingTaskStatus.Succeeded ? updated + SignedUrl.Retention : null;
        KlingVideo[] videos = VideosOf(data.Object("task_result"u8) ?? default, taskId, kind, key, kept);
        if (videos.Length == 0 && kept is not null && AddressOfResult(outer, key) is { } url)
        {
            videos = [new KlingVideo { TaskId = taskId, Kind = kind, Url = url, ExpiresAt = Expiry(url, kept) }];
        }

        return new KlingTask
        {
            TaskId = taskId,
            Kind = kind,
            Status = status,
            RawStatus = Clean(word),
            StatusMessage = Clean(data.NonEmpty("task_status_msg"u8) ?? Reason(outer, status)) ?? "",
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
    internal static bool IsAbout(JsonElement root, KlingTask task, string asked, string? key) =>
        task.TaskId == asked || task.ExternalTaskId == Redactor.Message(asked, key) || IsNamed(root, asked, key);

    private static bool IsNamed(JsonElement root, string asked, string? key)
    {
        JsonElement? candidate = root;
        bool isNamed = false;
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

    /// <summary>
    /// The words of the service and of its gateways; any other is Unknown and never taken for an end.
    /// </summary>
    internal static KlingTaskStatus StatusOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "submitted" or "queued" or "not_start" => KlingTaskStatus.Submitted,
        "processing" or "in_progress" => KlingTaskStatus.Processing,
        "succeed" or "succeeded" or "success" or "completed" => KlingTaskStatus.Succeeded,
        "failed" or "failure" or "error" or "expired" => KlingTaskStatus.Failed,
        _ => KlingTaskStatus.Unknown,
    };

    // The service's task is the object with a status word, else the innermost with an id: an id without a status is
    // still a task that may have been paid for. Outer is the gateway's own task, or the same object.
    private static (JsonElement Data, JsonElement Outer, string TaskId)? Find(JsonElement root, string? key)
    {
        JsonElement? candidate = root;
        (JsonElement Data, JsonElement Outer, string TaskId)? found = null;
        for (int depth = 0; depth < Deepest && candidate is { } element; depth++)
        {
            string? taskId = IdIn(element, "task_id"u8, key) ?? found?.TaskId;
            bool isTask = element.Field("task_status"u8) is not null;
            if (taskId is not null && (isTask || element.Field("task_id"u8) is not null))
            {
                found = (element, found?.Outer ?? element, taskId);
                if (isTask)
                {
                    break;
                }
            }

            candidate = element.Object("data"u8);
        }

        return found;
    }

    // A gateway ends tasks that the service still calls running, and its word can lag behind too.
    private static string? Word(JsonElement data, JsonElement outer)
    {
        string? word = data.Text("task_status"u8);
        return word is null || (StatusOf(word) is not (KlingTaskStatus.Succeeded or KlingTaskStatus.Failed)
            && StatusOf(outer.Text("status"u8)) is KlingTaskStatus.Succeeded or KlingTaskStatus.Failed)
                ? outer.Text("status"u8) ?? word
                : word;
    }

    // Gateways put the result's address where the reason of a failure would be.
    private static Uri? AddressOfResult(JsonElement outer, string? key) =>
        AddressIn(outer, "result_url"u8, key)
            ?? AddressIn(outer, "url"u8, key)
            ?? AddressIn(outer, "fail_reason"u8, key);

    private static string? Reason(JsonElement outer, KlingTaskStatus status) =>
        status != KlingTaskStatus.Failed || outer.WebAddress("fail_reason"u8) is not null ? null
        : outer.NonEmpty("fail_reason"u8) ?? (outer.Object("error"u8) ?? default).NonEmpty("message"u8);

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
            ExpiresAt = Expiry(url, kept),
        };
    }

    private static DateTime? Expiry(Uri? url, DateTimeOffset? kept) =>
        (SignedUrl.ExpiresAt(url) ?? kept)?.LocalDateTime;

    // A URL that carries our key would take it to another host and into every saved task.
    private static Uri? AddressIn(JsonElement video, ReadOnlySpan<byte> name, string? key) =>
        video.WebAddress(name) is { } address && !Redactor.HoldsKey(address.OriginalString, key) ? address : null;
}
