using KlingPS.Binding;
using KlingPS.Connection;
using KlingPS.Downloads;
using KlingPS.Gallery;
using KlingPS.Journal;
using KlingPS.Transport;

namespace KlingPS.Saving;

/// <summary>What comes to Export-KlingGallery as cards of its page. Nothing is asked of the service.</summary>
internal sealed class GalleryReader(PSCmdlet cmdlet, string page)
{
    private readonly KlingConnection? _connection = Connections.Known();
    private readonly TaskJournal _journal = Connections.Known()?.Journal ?? JournalLocation.Open();
    private readonly string _folder = Path.GetDirectoryName(page)!;

    // Which video got a file by its usual name alone.
    private readonly Dictionary<string, string?> _byUsualName = new(StringComparer.Ordinal);

    internal GalleryItems Items { get; } = new();

    /// <returns>False for a file that is no video, or is not there and known of no task.</returns>
    /// <exception cref="KlingException">InvalidRequest: it is neither a task, a video nor a file.</exception>
    internal bool Read(object? given)
    {
        if (Rehydration.Task(given) is { } task)
        {
            Add(task, PSObjectReader.Of(given)?.Text("Prompt"));
        }
        else if (Rehydration.Video(given) is { } video)
        {
            Add(Rehydration.TaskOf(video), null);
        }
        else if (PSObjectReader.Of(given) is { } file && file.Text("FullName") is { } path)
        {
            path = FilePaths.Resolve(cmdlet, path, KlingError.InvalidRequest);
            return DestinationResolver.IsVideo(path) && Add(file, path);
        }
        else
        {
            throw KlingException.Invalid(
                "What was given is neither a saved file nor a task with a status.",
                "Pipe what Save-KlingVideo, Wait-KlingTask or Get-KlingTask writes.");
        }

        return true;
    }

    private bool Add(PSObjectReader file, string path)
    {
        JournalEntry? saved = file.Has("TaskId") ? null : _journal.SavedIn(path);
        GalleryItem item = new()
        {
            TaskId = file.Text("TaskId") ?? saved?.TaskId ?? "",
            VideoId = file.Text("VideoId") ?? saved?.VideoId,
            Name = file.Text("VideoName"),
            Title = file.Text("Title"),
            Prompt = file.Text("Prompt"),
            Model = file.Text("Model"),
            Status = KlingTaskStatus.Succeeded,
            Duration = file.Span("Duration"),
            ExpiresAt = file.Date("ExpiresAt"),
            Part = file.Number("Part", 0) is > 0 and int part ? part : null,
            ParentVideoId = file.Text("ParentVideoId"),
            File = File.Exists(path) ? path : null,
        };
        if (item.File is null && item.TaskId.Length == 0)
        {
            return false;
        }

        item = WithKnown(item);
        // A file that nothing is known of has its own name.
        Items.Add(Redacted(item.Title is null && item.Name is null
            ? item with { Title = Path.GetFileNameWithoutExtension(path) }
            : item));
        return true;
    }

    private void Add(KlingTask task, string? prompt)
    {
        GalleryItem item = WithKnown(new GalleryItem
        {
            TaskId = task.TaskId,
            VideoId = task.VideoId,
            Name = task.Name,
            Title = task.Title,
            Prompt = prompt,
            Model = task.Model,
            Status = task.Status,
            Reason = task.StatusMessage,
            Duration = task.Duration,
            ExpiresAt = task.ExpiresAt,
            Part = task.Part,
            ParentVideoId = task.ParentVideo?.VideoId,
        });
        KlingVideo lost = task.VideoFromIds with { Name = item.Name, Part = item.Part };
        foreach (KlingVideo video in task.Videos.DefaultIfEmpty(lost))
        {
            Items.Add(Redacted(item with
            {
                VideoId = video.VideoId,
                Duration = video.Duration,
                ExpiresAt = video.ExpiresAt,
                File = task.Status == KlingTaskStatus.Succeeded ? FileOf(video) : null,
            }));
        }
    }

    // Where Save-KlingVideo has put it, as long as that is with the page.
    private string? FileOf(KlingVideo video)
    {
        string usual = Path.Combine(_folder, VideoFileName.For(video));
        if (video.VideoId is { } id && _journal.FileOf(id, IsBelow) is { } path)
        {
            return path;
        }

        if (!File.Exists(usual) || !_journal.MayHold(usual, video.VideoId))
        {
            return null;
        }

        if (_byUsualName.TryGetValue(usual, out string? other) && other != video.VideoId)
        {
            Items.Disown(usual);
            return null;
        }

        _byUsualName[usual] = video.VideoId;
        return usual;
    }

    private bool IsBelow(string path)
    {
        string start = _folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        return path.Length > start.Length
            && Platform.PathComparer.Equals(path.Substring(0, start.Length), start)
            && File.Exists(path);
    }

    private GalleryItem WithKnown(GalleryItem item)
    {
        if (item.TaskId.Length == 0)
        {
            return item;
        }

        JournalEntry? made = _journal.Find(item.TaskId);
        TaskDetails known = _connection?.Recent.DetailsOf(item.TaskId) ?? made?.Details ?? TaskDetails.None;
        return item with
        {
            Name = item.Name ?? known.Name,
            Title = item.Title ?? known.Title,
            Model = item.Model ?? known.Model,
            Part = item.Part ?? known.Part,
            ParentTaskId = made?.ParentTaskId,
            ParentVideoId = item.ParentVideoId ?? made?.ParentVideoId,
        };
    }

    /// <summary>One line without the key and without signed queries.</summary>
    internal string? Line(string? text) => text is null ? null : Redactor.Message(text, Key);

    // The page is passed on.
    private GalleryItem Redacted(GalleryItem item) => item with
    {
        TaskId = Line(item.TaskId) ?? "",
        VideoId = Line(item.VideoId),
        Name = Line(item.Name),
        Title = Line(item.Title),
        Prompt = item.Prompt is null ? null : Redactor.Body(item.Prompt, Key),
        Model = Line(item.Model),
        Reason = Line(item.Reason),
    };

    private string? Key => _connection?.Key.Reveal();
}
