using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Downloads;
using KlingPS.Pipeline;
using KlingPS.Saving;

namespace KlingPS.Commands;

/// <summary>Downloads the videos of finished tasks, each to a file that is whole once it has its name.</summary>
[Cmdlet(VerbsData.Save, "KlingVideo", DefaultParameterSetName = TaskSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveKlingVideoCommand : TaskCmdlet, IDynamicParameters
{
    private const string VideoSet = "Video";

    private readonly PipelineInput _piped = new();
    private DestinationResolver? _targets;
    private VideoSaver? _saver;

    /// <summary>Finished tasks; each of their videos is saved.</summary>
    [Parameter(ParameterSetName = TaskSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesVideos = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public override KlingTask[] InputObject { get; set; } = [];

    /// <summary>Single videos.</summary>
    [Parameter(ParameterSetName = VideoSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [VideoTransformation]
    [ValidateNotNull]
    public KlingVideo[] Video { get; set; } = [];

    /// <summary>A folder (made if missing), or with an extension the one file.</summary>
    [Parameter(Position = 1)]
    [Alias("Path", "OutFile")]
    [TextTransformation]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = ".";

    /// <summary>Replaces files that an earlier command saved.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Force { get; set; }

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
        _targets = new DestinationResolver(this, Destination, Force);
        _saver = new VideoSaver(
            Client, Writer, _targets, ThrottleLimit, new SaveOptions { Overwrite = Force, MaxBytes = MaxBytes });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Array.ForEach([.. InputObject, .. _piped.Tasks], SaveTask);
        Array.ForEach(Video, SaveVideo);
        foreach (string taskId in TaskId.Concat(_piped.Ids))
        {
            Query(taskId, KindOf(taskId));
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

    private void SaveTask(KlingTask task)
    {
        if (DestinationResolver.GetValidationError(task) is { } objection)
        {
            WriteError(objection, task);
        }
        else if (task.Videos.Length == 0)
        {
            // A task rebuilt from CSV has lost its videos; query them.
            Query(task.TaskId, task.Kind);
        }
        else
        {
            Array.ForEach(task.Videos, SaveVideo);
        }
    }

    // Checks and ShouldProcess belong on the pipeline thread.
    private void Query(string taskId, KlingTaskKind kind) => CatchToError(taskId, () =>
    {
        _targets!.Resolve();
        DestinationResolver.CheckId(taskId);
        Pump.Start(token => _saver!.QueryAsync(taskId, kind, task => Pump.Post(() => SaveTask(task)), token));
    });

    private void SaveVideo(KlingVideo video) => CatchToError(video, () =>
    {
        string path = _targets!.PathFor(video);
        if (ShouldProcess(path, $"Save video {video.VideoId} of task {video.TaskId}"))
        {
            DestinationResolver.MakeFolder(path);
            Pump.Start(token => _saver!.SaveAsync(video, path, token));
        }
    });
}
