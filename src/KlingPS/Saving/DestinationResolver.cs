using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Downloads;

namespace KlingPS.Saving;

/// <summary>Which file each video of one command goes to.</summary>
internal sealed class DestinationResolver
{
    private readonly PSCmdlet _cmdlet;
    private readonly string _destination;
    private readonly bool _force;

    // Many file systems ignore case.
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private string? _folder;
    private string? _file;

    internal DestinationResolver(PSCmdlet cmdlet, string destination, bool force)
    {
        _cmdlet = cmdlet;
        _destination = destination;
        _force = force;
    }

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

    /// <exception cref="KlingException">FileExists: there already, or written by this command. FileNotWritable: no file
    /// path.</exception>
    internal string PathFor(KlingVideo video)
    {
        Resolve();
        string path = _file ?? Path.Combine(_folder!, VideoFileName.For(video));
        return _taken.Contains(path) || (!_force && File.Exists(path)) || Directory.Exists(path)
            ? throw DownloadErrors.Exists(path)
            : Take(path);
    }

    /// <exception cref="KlingException">FileNotWritable.</exception>
    internal static void MakeFolder(string path) =>
        FileFailure.Guard(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path)!));

    /// <summary>
    /// The file as the pipeline gets it: as Get-Item would, which knows its folder, its mode and its owner too.
    /// </summary>
    internal PSObject Saved(KlingVideo video, string path)
    {
        PSObject file = Item(path) ?? PSObject.AsPSObject(new FileInfo(path));
        file.Properties.Add(new PSNoteProperty("TaskId", video.TaskId));
        file.Properties.Add(new PSNoteProperty("VideoId", video.VideoId));
        return file;
    }

    private PSObject? Item(string path)
    {
        try
        {
            // With the provider, because the current location may be in the registry.
            return _cmdlet.InvokeProvider.Item.Get(
                [$"FileSystem::{path}"], force: true, literalPath: true).FirstOrDefault();
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            // Moved away already, or the host lacks this provider.
            return null;
        }
    }

    // The service's ids have none of these; an external id may contain a slash, but hardly at its ends.
    private static bool LooksLikePath(string text) =>
        text.Length > 0
        && (text[0] is '.' or '~' or '/' or '\\'
            || text[text.Length - 1] is '/' or '\\'
            || text.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase)
            || (text.Length > 2 && text[1] == ':' && text[2] is '/' or '\\'));

    private string Take(string path)
    {
        _taken.Add(path);
        return path;
    }

    /// <summary>Decides between file and folder, once; before anything is asked of the service.</summary>
    /// <exception cref="KlingException">FileNotWritable: no file path.</exception>
    internal void Resolve()
    {
        if (_folder is not null || _file is not null)
        {
            return;
        }

        string resolved = FilePaths.Resolve(_cmdlet, _destination, KlingError.FileNotWritable);
        bool isFolder = _destination[_destination.Length - 1] is '/' or '\\'
            || Directory.Exists(resolved)
            || Path.GetExtension(resolved).Length == 0;
        _folder = isFolder ? resolved : null;
        _file = isFolder ? null : resolved;
    }
}
