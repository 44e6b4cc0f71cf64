using System.Text.Json;

namespace KlingPS.Protocol;

/// <summary>The service's task object as a <see cref="KlingTask"/>. Only what every real body has is required.</summary>
internal static class TaskReader
{
    /// <summary>Finds the task object: bare, in <c>data</c>, or in the <c>data</c> of a gateway's own task.</summary>
    /// <returns>Null when there is none.</returns>
    internal static KlingTask? Read(JsonElement root, KlingTaskKind kind, DateTimeOffset now)
    {
        JsonElement? found = Find(root);
        if (found is not { } data || Clean(data.NonEmpty("task_id")) is not { Length: > 0 } taskId)
        {
            return null;
        }

        DateTimeOffset created = data.UnixMilliseconds("created_at") ?? data.UnixMilliseconds("updated_at") ?? now;
        DateTimeOffset updated = data.UnixMilliseconds("updated_at") ?? created;
        KlingTaskStatus status = StatusOf(data.Text("task_status"));
        JsonElement info = data.Object("task_info") ?? default;
        DateTimeOffset? kept = status == KlingTaskStatus.Succeed ? updated + SignedUrl.Retention : null;
        KlingVideo[] videos = [.. VideosOf(data.Object("task_result") ?? default, taskId, kind, kept)];
        return new KlingTask
        {
            TaskId = taskId,
            Kind = kind,
            Status = status,
            RawStatus = Clean(data.Text("task_status")),
            StatusMessage = Clean(data.Text("task_status_msg")) ?? "",
            Videos = videos,
            VideoCount = videos.Length,
            VideoId = videos.Length > 0 ? videos[0].VideoId : null,
            Duration = videos.Length > 0 ? videos[0].Duration : null,
            ParentVideo = info.Object("parent_video") is { } parent ? VideoOf(parent, "", kind, null) : null,
            CreatedAt = created.LocalDateTime,
            UpdatedAt = updated.LocalDateTime,
            ExpiresAt = videos.Length > 0 ? videos.Min(video => video.ExpiresAt) : kept?.LocalDateTime,
            RequestId = Clean(root.NonEmpty("request_id")),
            ExternalTaskId = Clean(info.NonEmpty("external_task_id") ?? data.NonEmpty("external_task_id")),
            UnitsDeducted = data.NonEmpty("final_unit_deduction"),
        };
    }

    /// <summary>Four known words; any other is Unknown and never taken for an end.</summary>
    internal static KlingTaskStatus StatusOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "submitted" => KlingTaskStatus.Submitted,
        "processing" => KlingTaskStatus.Processing,
        "succeed" => KlingTaskStatus.Succeed,
        "failed" => KlingTaskStatus.Failed,
        _ => KlingTaskStatus.Unknown,
    };

    // The one with a status is the service's own; an id without a status is still a task, and may have been paid for.
    private static JsonElement? Find(JsonElement root)
    {
        JsonElement? candidate = root;
        JsonElement? withId = null;
        for (int depth = 0; depth < 4 && candidate is { } element; depth++)
        {
            if (element.Field("task_status") is not null)
            {
                return element;
            }

            withId ??= element.NonEmpty("task_id") is null ? null : element;
            candidate = element.Object("data");
        }

        return withId;
    }

    // What is shown in a terminal must not steer it.
    private static string? Clean(string? text) => text is null ? null : Redactor.Message(text, null);

    private static IEnumerable<KlingVideo> VideosOf(
        JsonElement result,
        string taskId,
        KlingTaskKind kind,
        DateTimeOffset? kept)
    {
        if (result.Field("videos") is not { ValueKind: JsonValueKind.Array } videos)
        {
            yield break;
        }

        foreach (JsonElement video in videos.EnumerateArray())
        {
            if (video.ValueKind == JsonValueKind.Object)
            {
                yield return VideoOf(video, taskId, kind, kept);
            }
        }
    }

    private static KlingVideo VideoOf(JsonElement video, string taskId, KlingTaskKind kind, DateTimeOffset? kept)
    {
        Uri? url = video.WebAddress("url");
        return new KlingVideo
        {
            VideoId = Clean(video.NonEmpty("id")),
            TaskId = taskId,
            Kind = kind,
            Url = url,
            Duration = video.Seconds("duration"),
            WatermarkUrl = video.WebAddress("watermark_url"),
            ExpiresAt = (SignedUrl.ExpiresAt(url) ?? kept)?.LocalDateTime,
        };
    }
}
