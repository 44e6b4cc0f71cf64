namespace KlingPS.Binding;

/// <summary>
/// Rebuilds a task or a video from what CliXml, JSON or CSV left of it, so that it gets the same checks.
/// </summary>
internal static class Rehydration
{
    private static readonly string[] ColumnsOfExtension = ["Prompt", "NegativePrompt", "CfgScale", "CallbackUrl"];

    /// <returns>
    /// The task, live or rebuilt from anything with TaskId and one of our words as Status; else null. Any other Status
    /// is the user's own column.
    /// </returns>
    internal static KlingTask? Task(object? candidate)
    {
        if (Unwrap(candidate) is KlingTask live)
        {
            return live;
        }

        if (PSObjectReader.Of(candidate) is not { } fields || !fields.Has("TaskId")
            || StatusOf(fields) is not { } status)
        {
            return null;
        }

        KlingVideo[] videos =
        [
            .. fields.Items("Videos").Select(Video).OfType<KlingVideo>().Select((video, i) => video with { Index = i }),
        ];
        string? name = Line(fields, "Name");
        string? videoId = Id(fields, "VideoId");
        DateTime? created = fields.Date("CreatedAt");
        DateTime? updated = fields.Date("UpdatedAt");
        return new KlingTask
        {
            TaskId = Id(fields, "TaskId") ?? "",
            Kind = fields.Choice<KlingTaskKind>("Kind") ?? KlingTaskKind.VideoExtension,
            Status = status,
            StatusMessage = Line(fields, "StatusMessage") ?? "",
            VideoId = videoId,
            Videos = videos,
            VideoCount = fields.Number("VideoCount", Math.Max(videos.Length, videoId is null ? 0 : 1)),
            VideosUnknown = !fields.Has("VideoCount") && !fields.Has("Videos") && !fields.Has("VideoId"),
            ParentVideo = fields.Has("ParentVideo") ? Video(fields.Raw("ParentVideo")) : null,
            CreatedAt = created ?? updated ?? default,
            UpdatedAt = updated ?? created ?? default,
            ExpiresAt = fields.Date("ExpiresAt"),
            RequestId = Line(fields, "RequestId"),
            ExternalTaskId = Id(fields, "ExternalTaskId"),
            RawStatus = Line(fields, "RawStatus"),
            PollCount = fields.Number("PollCount", 0),
            Duration = fields.Span("Duration"),
            UnitsDeducted = fields.Decimal("UnitsDeducted"),
            Name = name,
            Model = Line(fields, "Model"),
            Title = Line(fields, "Title") ?? name,
            Part = fields.Number("Part", 0) is > 0 and int part ? part : null,
            IsReused = "True".Equals(fields.Text("IsReused"), StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <returns>A task, still to be queried, from a row with TaskId, Kind and Name; else null.</returns>
    internal static KlingTask? NamedRow(object candidate) =>
        PSObjectReader.Of(candidate) is { } fields
        && Line(fields, "Name") is { Length: > 0 } name
        && fields.Choice<KlingTaskKind>("Kind") is { } kind
        && IdTransformationAttribute.TryRead(candidate, "TaskId", out string? id, out _)
            ? new KlingTask { TaskId = id!, Kind = kind, Name = name, Title = name, VideosUnknown = true }
            : null;

    /// <returns>
    /// The task to extend, with what its row, or what was added to it, says of its extension; null for an id and a row
    /// of ids. A video or a saved file becomes a task of which the service is asked.
    /// </returns>
    internal static KlingTask? Parent(object candidate)
    {
        KlingTask? task = Task(candidate) ?? Unasked(candidate);
        if (task is null || PSObjectReader.Of(candidate) is not { } fields)
        {
            return task;
        }

        Dictionary<string, object> columns = [];
        foreach (string name in ColumnsOfExtension)
        {
            // Once: a script property may give something else the next time.
            if (fields.Raw(name) is { } value and not "")
            {
                columns.Add(name, value);
            }
        }

        return columns.Count == 0 ? task : task with { UnboundColumns = columns };
    }

    /// <returns>The video, live or rebuilt from anything with VideoId and Url; else null.</returns>
    internal static KlingVideo? Video(object? candidate)
    {
        if (Unwrap(candidate) is KlingVideo live)
        {
            return live;
        }

        if (PSObjectReader.Of(candidate) is not { } fields || !fields.Has("VideoId") || !fields.Has("Url"))
        {
            return null;
        }

        return new KlingVideo
        {
            VideoId = Id(fields, "VideoId"),
            TaskId = Id(fields, "TaskId") ?? "",
            Name = Line(fields, "Name"),
            Part = fields.Number("Part", 0) is > 0 and int part ? part : null,
            Kind = fields.Choice<KlingTaskKind>("Kind") ?? KlingTaskKind.VideoExtension,
            Url = fields.Address("Url"),
            Duration = fields.Span("Duration"),
            WatermarkUrl = fields.Address("WatermarkUrl"),
            ExpiresAt = fields.Date("ExpiresAt"),
        };
    }

    // A task that has to be queried, or one that only carries an error; null for an id.
    private static KlingTask? Unasked(object candidate)
    {
        if (Video(candidate) is { } video)
        {
            return Unasked(video);
        }

        if (!IdTransformationAttribute.TryRead(candidate, "TaskId", out string? id, out string? error))
        {
            return new KlingTask { ValidationError = error };
        }

        return Unwrap(candidate) is FileSystemInfo && PSObjectReader.Of(candidate) is { } file
            ? Unasked(new KlingVideo { TaskId = id!, VideoId = Id(file, "VideoId") })
            : null;
    }

    /// <summary>The task of a video, of whose videos the service is to be asked.</summary>
    internal static KlingTask Unasked(KlingVideo video) => TaskOf(video) with { Videos = [], VideosUnknown = true };

    /// <summary>A finished task that is this video only, for a parameter that takes tasks.</summary>
    internal static KlingTask TaskOf(KlingVideo video) => new()
    {
        TaskId = video.TaskId,
        Name = video.Name,
        Title = video.Name,
        Part = video.Part,
        Kind = video.Kind,
        Status = KlingTaskStatus.Succeeded,
        VideoId = video.VideoId,
        Videos = [video],
        VideoCount = 1,
        Duration = video.Duration,
        ExpiresAt = video.ExpiresAt,
    };

    // Tasks that were stored before the word was changed say Succeed.
    private static KlingTaskStatus? StatusOf(PSObjectReader fields) =>
        "Succeed".Equals(fields.Text("Status"), StringComparison.OrdinalIgnoreCase)
            ? KlingTaskStatus.Succeeded
            : fields.Choice<KlingTaskStatus>("Status");

    // Rows may hold text the service never sent. An id with a replacement character is refused when used.
    private static string? Id(PSObjectReader fields, string name) =>
        fields.Text(name) is { } id ? DisplayText.ToDisplay(id, int.MaxValue) : null;

    private static string? Line(PSObjectReader fields, string name) =>
        fields.Text(name) is { } text ? Redactor.Message(text, null) : null;

    private static object? Unwrap(object? candidate) => candidate is PSObject wrapped ? wrapped.BaseObject : candidate;
}
