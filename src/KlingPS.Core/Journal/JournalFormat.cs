using System.Globalization;
using System.Text.Json;
using KlingPS.Protocol;

namespace KlingPS.Journal;

/// <summary>An entry as one line of JSON, and back.</summary>
internal static class JournalFormat
{
    private const int Version = 1;

    /// <summary>The line with its end.</summary>
    internal static byte[] Write(JournalEntry entry)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("step", entry.Step.ToString());
            json.WriteString("id", entry.SubmissionId);
            json.WriteString("at", entry.At.UtcDateTime);
            json.WriteString("kind", entry.Kind.ToString());
            json.WriteString("host", entry.Host);
            json.WriteString("account", entry.Account);
            WriteText(json, "task", entry.TaskId);
            WriteText(json, "parentTask", entry.ParentTaskId);
            WriteText(json, "parentVideo", entry.ParentVideoId);
            WriteText(json, "externalTask", entry.ExternalTaskId);
            WriteText(json, "error", entry.Error);
            if (entry.Took is { } took)
            {
                json.WriteNumber("sec", Math.Round(took.TotalSeconds, 3));
                json.WriteNumber("count", entry.Count);
            }

            if (entry.Process is { } process)
            {
                json.WriteString("machine", process.Machine);
                json.WriteNumber("pid", process.Id);
                json.WriteString("started", process.Started.UtcDateTime);
            }

            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    /// <returns>Null for a damaged line.</returns>
    internal static JournalEntry? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JournalEntry? Read(JsonElement root)
    {
        if (root.NonEmpty("id"u8) is not { } id
            || Time(root, "at"u8) is not { } at
            || !Enum.TryParse(root.Text("step"u8), out JournalStep step)
            || !Enum.TryParse(root.Text("kind"u8), out KlingTaskKind kind)
            || (step == JournalStep.Created && root.NonEmpty("task"u8) is null)
            || (step == JournalStep.Observed && root.Seconds("sec"u8) is null))
        {
            return null;
        }

        return new JournalEntry
        {
            Step = step,
            SubmissionId = id,
            At = at,
            Kind = kind,
            Host = root.Text("host"u8) ?? "",
            Account = root.Text("account"u8) ?? "",
            TaskId = root.NonEmpty("task"u8),
            ParentTaskId = root.NonEmpty("parentTask"u8),
            ParentVideoId = root.NonEmpty("parentVideo"u8),
            ExternalTaskId = root.NonEmpty("externalTask"u8),
            Error = root.NonEmpty("error"u8),
            Took = root.Seconds("sec"u8),
            Count = int.TryParse(root.Text("count"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0,
            Process = ProcessOf(root),
        };
    }

    private static ProcessMark? ProcessOf(JsonElement root) =>
        root.NonEmpty("machine"u8) is { } machine
        && int.TryParse(root.Text("pid"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
        && Time(root, "started"u8) is { } started
            ? new ProcessMark(machine, pid, started)
            : null;

    private static DateTimeOffset? Time(JsonElement root, ReadOnlySpan<byte> name) =>
        DateTimeOffset.TryParse(root.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
