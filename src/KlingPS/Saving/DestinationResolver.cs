using KlingPS.Binding;
using KlingPS.Downloads;
using KlingPS.Transport;

namespace KlingPS.Saving;

/// <summary>Which file each video of one command goes to.</summary>
internal sealed class DestinationResolver(PSCmdlet cmdlet, KlingConnection connection, bool force)
{
    private static readonly string[] VideoExtensions = [".mp4", ".mov", ".m4v", ".webm"];

    // By which video. Many file systems ignore case.
    private readonly Dictionary<string, string?> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Why there is nothing to save, or null.</returns>
    internal static KlingException? GetValidationError(KlingTask task) => task switch
    {
        { Status: KlingTaskStatus.Failed } => Waiting.WaitErrors.Failed(task),
        { IsCompleted: false } =>
            new KlingException(KlingError.TaskNotFinished, $"Task {task.TaskId} is {task.Status}, not finished.")
        {
            Submission = SubmissionOutcome.Created,
        },
        { VideoCount: 0, VideosUnknown: false } =>
            new KlingException(KlingError.TaskHasNoVideo, $"Task {task.TaskId} has no video.")
        {
            Submission = SubmissionOutcome.Created,
        },
        _ => null,
    };

    /// <summary>Refuses a path that stands where the task should.</summary>
    /// <exception cref="KlingException">InvalidRequest; nothing has been asked.</exception>
    internal static void CheckId(string taskId)
    {
        if (LooksLikePath(taskId))
        {
            string path = DisplayText.QuoteArgument(taskId);
            throw KlingException.Invalid(
                $"'{DisplayText.ToDisplay(taskId)}' is a path, not a task id.",
                $"Pipe the task, or give the path with -Destination: Save-KlingVideo $task -Destination {path}.");
        }
    }

    /// <summary>Whether a file has a video's extension.</summary>
    internal static bool IsVideo(string path) =>
        VideoExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The file of a video: the destination itself, or a file in it.</summary>
    /// <exception cref="KlingException">FileNotWritable: no file path.</exception>
    internal string PathFor(KlingVideo video, string destination)
    {
        string resolved = FilePaths.Resolve(cmdlet, destination, KlingError.FileNotWritable);
        string extension = Path.GetExtension(resolved);
        bool isFile = destination[destination.Length - 1] is not ('/' or '\\')
            && IsVideo(resolved)
            && !Directory.Exists(resolved);
        if (isFile && Path.GetFileName(resolved).Length == extension.Length)
        {
            throw new KlingException(
                KlingError.FileNotWritable,
                $"The path '{DisplayText.ToDisplay(destination)}' has no file name before {extension}.",
                action: "Check how -Destination is made; a task without a Name still has a TaskId.");
        }

        return isFile ? resolved : Path.Combine(resolved, VideoFileName.For(video));
    }

    /// <summary>Reserves the file for a video of this command.</summary>
    /// <exception cref="KlingException">FileExists: there already, or taken by another video of this
    /// command.</exception>
    internal void Take(KlingVideo video, string path)
    {
        if (_taken.TryGetValue(path, out string? other))
        {
            throw DownloadErrors.Taken(path, other);
        }

        if ((!force && File.Exists(path)) || Directory.Exists(path))
        {
            throw DownloadErrors.Exists(path, connection.Journal.SavedIn(path)?.VideoId);
        }

        _taken.Add(path, video.VideoId);
    }

    /// <summary>Whether the file is there, and not known to be another video's.</summary>
    internal bool IsSaved(KlingVideo video, string path) =>
        !_taken.ContainsKey(path) && File.Exists(path) && connection.Journal.MayHold(path, video.VideoId);

    /// <exception cref="KlingException">FileNotWritable.</exception>
    internal static void MakeFolder(string path) =>
        FileFailure.Guard(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path)!));

    /// <summary>The file as the pipeline gets it, with what is known of its video; never an address.</summary>
    internal PSObject Saved(KlingTask task, KlingVideo video, string path)
    {
        PSObject file = Item(cmdlet, path);
        TaskDetails known = task.Title is null || task.Model is null
            ? connection.DetailsOf(task.TaskId)
            : TaskDetails.None;
        void Add(string name, object? value) => file.Properties.Add(new PSNoteProperty(name, value));
        Add("TaskId", video.TaskId);
        Add("VideoId", video.VideoId);
        // FileInfo has a Name of its own.
        Add("VideoName", video.Name);
        Add("Title", task.Title ?? known.Title);
        Add("Model", task.Model ?? known.Model);
        Add("Duration", video.Duration);
        Add("ExpiresAt", video.ExpiresAt);
        Add("Part", video.Part);
        Add("ParentVideoId", task.ParentVideo?.VideoId);
        return file;
    }

    /// <summary>A file as Get-Item would give it, which knows its folder, its mode and its owner too.</summary>
    internal static PSObject Item(PSCmdlet cmdlet, string path)
    {
        PSObject? item = null;
        try
        {
            // With the provider, because the current location may be in the registry.
            item = cmdlet.InvokeProvider.Item.Get(
                [$"FileSystem::{path}"], force: true, literalPath: true).FirstOrDefault();
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            // Moved away already, or the host lacks this provider.
        }

        return item ?? PSObject.AsPSObject(new FileInfo(path));
    }

    // The service's ids have none of these; an external id may contain a slash, but hardly at its ends.
    private static bool LooksLikePath(string text) =>
        text.Length > 0
        && (text[0] is '.' or '~' or '/' or '\\'
            || text[text.Length - 1] is '/' or '\\'
            || text.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase)
            || (text.Length > 2 && text[1] == ':' && text[2] is '/' or '\\'));
}
