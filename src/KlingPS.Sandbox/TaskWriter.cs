using System.Text.Json.Nodes;

namespace KlingPS.Sandbox;

/// <summary>Writes a task the way the service does on creation and on query.</summary>
internal sealed class TaskWriter(VideoHost videos)
{
    internal static JsonObject Created(SandboxTask task) => new()
    {
        ["task_id"] = task.TaskId,
        ["task_status"] = "submitted",
        ["task_info"] = WithExternalId([], task),
        ["created_at"] = task.CreatedAt.ToUnixTimeMilliseconds(),
        ["updated_at"] = task.CreatedAt.ToUnixTimeMilliseconds(),
    };

    internal JsonObject Queried(SandboxTask task, DateTimeOffset now)
    {
        JsonObject info = [];
        if (task.Parent is { } parent)
        {
            info["parent_video"] = Video(parent);
        }

        JsonObject queried = new()
        {
            ["task_id"] = task.TaskId,
            ["task_status"] = task.StatusAt(now),
            ["task_status_msg"] = now < task.FinishedAt ? "" : task.Order.Failure ?? "",
            ["task_info"] = WithExternalId(info, task),
            ["task_result"] = Result(task, now),
            ["created_at"] = task.CreatedAt.ToUnixTimeMilliseconds(),
            ["updated_at"] = task.ChangedAt(now).ToUnixTimeMilliseconds(),
        };
        if (task.HasVideoAt(now))
        {
            queried["final_unit_deduction"] = "0";
        }

        return queried;
    }

    /// <summary>The gateway's own task, which has the service's in its data.</summary>
    internal JsonObject Wrapped(SandboxTask task, DateTimeOffset now)
    {
        (string word, string progress) = task.StatusAt(now) switch
        {
            SandboxTask.Succeed => ("SUCCESS", "100%"),
            "failed" => ("FAILURE", "100%"),
            "processing" => ("IN_PROGRESS", "50%"),
            _ => ("NOT_START", "0%"),
        };
        return new JsonObject
        {
            ["task_id"] = task.TaskId,
            ["action"] = "OMNI_VIDEO",
            ["status"] = word,
            ["fail_reason"] = word == "SUCCESS" ? videos.UrlOf(task) : word == "FAILURE" ? task.Order.Failure : "",
            ["submit_time"] = task.CreatedAt.ToUnixTimeSeconds(),
            ["progress"] = progress,
            ["data"] = Queried(task, now),
        };
    }

    private static JsonObject WithExternalId(JsonObject info, SandboxTask task)
    {
        if (task.Order.ExternalTaskId is { } external)
        {
            info["external_task_id"] = external;
        }

        return info;
    }

    private JsonObject Result(SandboxTask task, DateTimeOffset now)
    {
        if (!task.HasVideoAt(now))
        {
            return [];
        }

        JsonObject video = Video(task);
        if (task.Order.Watermark)
        {
            video["watermark_url"] = videos.UrlOf(task) + "&watermark=1";
        }

        return new JsonObject { ["videos"] = new JsonArray(video) };
    }

    private JsonObject Video(SandboxTask task) => new()
    {
        ["id"] = task.VideoId,
        ["url"] = videos.UrlOf(task),
        ["duration"] = task.Length.TotalSeconds.ToString("0.0##", CultureInfo.InvariantCulture),
    };
}
