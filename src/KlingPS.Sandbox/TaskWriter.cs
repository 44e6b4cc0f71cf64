using System.Globalization;
using System.Text.Json;

namespace KlingPS.Sandbox;

/// <summary>Writes a task the way the service does on creation and on query.</summary>
internal sealed class TaskWriter(VideoHost videos)
{
    internal static void WriteCreated(Utf8JsonWriter json, SandboxTask task)
    {
        json.WriteStartObject();
        json.WriteString("task_id", task.TaskId);
        json.WriteString("task_status", "submitted");
        json.WriteStartObject("task_info");
        WriteExternalId(json, task);
        json.WriteEndObject();
        WriteTimes(json, task.CreatedAt, task.CreatedAt);
        json.WriteEndObject();
    }

    internal void WriteQueried(Utf8JsonWriter json, SandboxTask task, DateTimeOffset now)
    {
        string status = task.StatusAt(now);
        json.WriteStartObject();
        json.WriteString("task_id", task.TaskId);
        json.WriteString("task_status", status);
        json.WriteString("task_status_msg", now < task.FinishedAt ? "" : task.Order.Failure ?? "");
        json.WriteStartObject("task_info");
        if (task.Parent is { } parent)
        {
            json.WriteStartObject("parent_video");
            WriteVideo(json, parent);
            json.WriteEndObject();
        }

        WriteExternalId(json, task);
        json.WriteEndObject();
        WriteResult(json, task, now);
        if (status == SandboxTask.Succeed)
        {
            json.WriteString("final_unit_deduction", "0");
        }

        WriteTimes(json, task.CreatedAt, task.ChangedAt(now));
        json.WriteEndObject();
    }

    /// <summary>The gateway's own task, which has the service's in its data.</summary>
    internal void WriteWrapped(Utf8JsonWriter json, SandboxTask task, DateTimeOffset now)
    {
        (string word, string progress) = task.StatusAt(now) switch
        {
            SandboxTask.Succeed => ("SUCCESS", "100%"),
            "failed" => ("FAILURE", "100%"),
            "processing" => ("IN_PROGRESS", "50%"),
            _ => ("NOT_START", "0%"),
        };
        json.WriteStartObject();
        json.WriteString("task_id", task.TaskId);
        json.WriteString("action", "OMNI_VIDEO");
        json.WriteString("status", word);
        json.WriteString(
            "fail_reason", word == "SUCCESS" ? videos.UrlOf(task) : word == "FAILURE" ? task.Order.Failure : "");
        json.WriteNumber("submit_time", task.CreatedAt.ToUnixTimeSeconds());
        json.WriteString("progress", progress);
        json.WritePropertyName("data");
        WriteQueried(json, task, now);
        json.WriteEndObject();
    }

    private static void WriteExternalId(Utf8JsonWriter json, SandboxTask task)
    {
        if (task.Order.ExternalTaskId is { } external)
        {
            json.WriteString("external_task_id", external);
        }
    }

    private static void WriteTimes(Utf8JsonWriter json, DateTimeOffset created, DateTimeOffset updated)
    {
        json.WriteNumber("created_at", created.ToUnixTimeMilliseconds());
        json.WriteNumber("updated_at", updated.ToUnixTimeMilliseconds());
    }

    private void WriteResult(Utf8JsonWriter json, SandboxTask task, DateTimeOffset now)
    {
        json.WriteStartObject("task_result");
        if (task.HasVideoAt(now))
        {
            json.WriteStartArray("videos");
            json.WriteStartObject();
            WriteVideo(json, task);
            if (task.Order.Watermark)
            {
                json.WriteString("watermark_url", videos.UrlOf(task) + "&watermark=1");
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteVideo(Utf8JsonWriter json, SandboxTask task)
    {
        json.WriteString("id", task.VideoId);
        json.WriteString("url", videos.UrlOf(task));
        json.WriteString("duration", task.Length.TotalSeconds.ToString("0.0##", CultureInfo.InvariantCulture));
    }
}
