using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Downloads;
using KlingPS.Pipeline;
using KlingPS.Saving;

namespace KlingPS.Commands;

/// <summary>Downloads the videos of finished tasks, each to a file that is whole once it has its name.</summary>
[Cmdlet(
    VerbsData.Save,
    "KlingVideo",
    DefaultParameterSetName = TaskSet,
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "Save-KlingVideo.md")]
[OutputType(typeof(FileInfo))]
public sealed class SaveKlingVideoCommand : TaskCmdlet, IDynamicParameters
{
    private const string VideoSet = "Video";

    private readonly PipelineInput _piped = new(new TaskOrIdTransformationAttribute());
    private DestinationResolver? _targets;
    private VideoSaver? _saver;

    /// <summary>Finished tasks; each of their videos is saved.</summary>
    [Parameter(ParameterSetName = TaskSet, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesVideos = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public override KlingTask[] InputObject { get; set; } = [];

    /// <summary>Single videos.</summary>
    [Parameter(ParameterSetName = VideoSet, Position = 0, ValueFromPipeline = true)]
    [VideoTransformation]
    [ValidateNotNull]
    public KlingVideo[] Video { get; set; } = [];

    /// <summary>A folder (made if missing), or a file that ends in .mp4, .mov, .m4v or .webm.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = ".";

    /// <summary>Replaces files that an earlier command saved.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes a file that is there already instead of saving it again.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter SkipExisting { get; set; }

    /// <summary>The largest file to save, in bytes: a wrong or hostile server must not fill the disk.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true, Largest = long.MaxValue)]
    [ValidateRange(1, long.MaxValue)]
    public long MaxBytes { get; set; } = SaveOptions.DefaultMaxBytes;

    /// <summary>How many downloads may run at once.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 4;

    private protected override ProgressRecord? Bar => _saver?.Bar.Shown;

    // With pipeline input, the positional argument that was bound as an id is the destination.
    private bool IsIdTheDestination =>
        MyInvocation.ExpectingInput
            && TaskId.Length == 1
            && !MyInvocation.BoundParameters.ContainsKey(nameof(Destination));

    /// <summary>Lets <c>$task | Save-KlingVideo ./out</c> mean what it looks like.</summary>
    /// <returns>A parameter for what is piped, where no other is free for it, else null.</returns>
    public object? GetDynamicParameters() => IsIdTheDestination ? _piped.Parameter(IdsSet) : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        (Destination, TaskId) = IsIdTheDestination ? (TaskId[0], []) : (Destination, TaskId);
        _targets = new DestinationResolver(this, Client.Connection, Force);
        _saver = new VideoSaver(
            Client, Writer, _targets, ThrottleLimit, new SaveOptions { Overwrite = Force, MaxBytes = MaxBytes });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingTask[] tasks = [.. InputObject, .. _piped.Items.OfType<KlingTask>()];
        string[] ids = [.. TaskId, .. _piped.Items.OfType<string>()];
        if (tasks.Length + Video.Length + ids.Length == 0)
        {
            WriteError(NoTask(), null);
        }

        // Kept, because the answer to a query may come when the next record is bound.
        string destination = Destination;
        Array.ForEach(tasks, task => SaveTask(task, destination));
        Array.ForEach(Video, video => SaveVideo(Rehydration.TaskOf(video), video, destination));
        foreach (string taskId in ids)
        {
            Query(taskId, KindOf(taskId), Client.Connection.DetailsOf(taskId), destination);
        }

        TakeReady();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _saver?.Dispose();
    }

    private protected override void ShowPause(string? reason, TimeSpan left) => _saver?.Bar.Pausing(
        reason is null ? null : $"Pausing for {Math.Ceiling(left.TotalSeconds):0} s more: {reason}");

    private void SaveTask(KlingTask task, string destination)
    {
        if (DestinationResolver.GetValidationError(task) is { } objection)
        {
            objection.TaskName = task.Name;
            WriteError(objection, task);
        }
        else if (task.Videos.Length == 0)
        {
            // A task rebuilt from CSV has lost its videos; a single one is known by its id.
            CatchToError(task, () =>
            {
                if (!SkipExisting || Force || task.VideoCount != 1 || !TrySkip(task, task.VideoFromIds, destination))
                {
                    Query(task.TaskId, task.Kind, task.Details, destination);
                }
            });
        }
        else
        {
            Array.ForEach(task.Videos, video => SaveVideo(task, video, destination));
        }
    }

    // Checks and ShouldProcess belong on the pipeline thread.
    private void Query(string taskId, KlingTaskKind kind, TaskDetails known, string destination) =>
        CatchToError(taskId, () =>
        {
            _targets!.PathFor(new KlingVideo { TaskId = taskId }, destination);
            DestinationResolver.CheckId(taskId);
            Pump.Start(token => _saver!.QueryAsync(
                taskId, kind, known, task => Pump.Post(() => SaveTask(task, destination)), token));
        });

    private bool TrySkip(KlingTask task, KlingVideo video, string destination)
    {
        string path = _targets!.PathFor(video, destination);
        if (!_targets.IsSaved(video, path))
        {
            return false;
        }

        WriteObject(_targets.Saved(task, video, path));
        return true;
    }

    private void SaveVideo(KlingTask task, KlingVideo video, string destination) => CatchToError(video, () =>
    {
        if (Force && SkipExisting)
        {
            throw KlingException.Invalid("-Force and -SkipExisting contradict each other; give one of them.");
        }

        if (SkipExisting && TrySkip(task, video, destination))
        {
            return;
        }

        string path = _targets!.PathFor(video, destination);
        _targets.Take(video, path);
        if (ShouldProcess(path, $"Save video {video.VideoId} of task {video.TaskId}"))
        {
            DestinationResolver.MakeFolder(path);
            Pump.Start(token => _saver!.SaveAsync(task, video, path, token));
        }
    });
}
