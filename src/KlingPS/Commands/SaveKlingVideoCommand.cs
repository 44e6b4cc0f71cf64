using System.Management.Automation;
using KlingPS.Completion;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Downloads the videos of finished tasks, each to a file that is whole once it has its name.</summary>
[Cmdlet(VerbsData.Save, "KlingVideo", DefaultParameterSetName = TaskSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveKlingVideoCommand : ConnectedCmdlet
{
    private const string TaskSet = "Task";
    private const string VideoSet = "Video";
    private const string IdsSet = "Ids";

    private SaveTargets? _targets;
    private SaveBar? _bar;
    private SemaphoreSlim? _gate;

    /// <summary>Finished tasks; each of their videos is saved.</summary>
    [Parameter(ParameterSetName = TaskSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesVideos = true)]
    [ValidateNotNull]
    public KlingTask[] InputObject { get; set; } = [];

    /// <summary>Single videos.</summary>
    [Parameter(ParameterSetName = VideoSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [VideoTransformation]
    [ValidateNotNull]
    public KlingVideo[] Video { get; set; } = [];

    /// <summary>The ids of tasks, which are queried first.</summary>
    [Parameter(
        ParameterSetName = IdsSet,
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [TaskIdTransformation]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The kind of the ids; by default as this session knows it, else VideoExtension.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    public KlingTaskKind? Kind { get; set; }

    /// <summary>A folder (made if missing), or with an extension the one file.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = ".";

    /// <summary>Replaces files that an earlier command saved.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How many downloads may run at once.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 4;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _targets = new SaveTargets(this, Destination, Force);
        _bar = new SaveBar(Writer);
        _gate = new SemaphoreSlim(ThrottleLimit);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KlingTask task in InputObject)
        {
            SaveTask(task);
        }

        foreach (KlingVideo video in Video)
        {
            SaveVideo(video);
        }

        foreach (string taskId in TaskId)
        {
            Query(taskId, KindOf(taskId, Kind));
        }

        Pump.TakeReady();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            Pump.Drain();
        }
        finally
        {
            if (_bar?.Shown is { } shown)
            {
                ClearProgress(shown);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _gate?.Dispose();
    }

    private void SaveTask(KlingTask task)
    {
        if (SaveTargets.Objection(task) is { } objection)
        {
            WriteError(objection, task);
        }
        else if (task.Videos.Length == 0)
        {
            // A task back from CSV has lost its list; the service still has it.
            Query(task.TaskId, task.Kind);
        }
        else
        {
            Array.ForEach(task.Videos, SaveVideo);
        }
    }

    private void Query(string taskId, KlingTaskKind kind) => Pump.Start(async token =>
    {
        try
        {
            KlingTask task = await Client.GetAsync(taskId, kind, token).ConfigureAwait(false);
            // The checks and the question whether to save belong to the pipeline thread.
            Pump.Post(() => SaveTask(task));
        }
        catch (KlingException e)
        {
            Writer.Error(e, taskId);
        }
    });

    private void SaveVideo(KlingVideo video)
    {
        try
        {
            string path = _targets!.PathFor(video);
            if (ShouldProcess(path, $"Save video {video.VideoId} of task {video.TaskId}"))
            {
                SaveTargets.MakeFolder(path);
                Pump.Start(token => DownloadAsync(video, path, token));
            }
        }
        catch (KlingException e)
        {
            WriteError(e, video);
        }
    }

    private async Task DownloadAsync(KlingVideo video, string path, CancellationToken token)
    {
        _bar!.Added();
        await _gate!.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await Client.SaveAsync(video, path, Force, _bar.Received, token).ConfigureAwait(false);
            Writer.Output(SaveTargets.Saved(video, path));
        }
        catch (KlingException e)
        {
            Writer.Error(e, video);
        }
        finally
        {
            _gate.Release();
            _bar.Finished();
        }
    }
}
