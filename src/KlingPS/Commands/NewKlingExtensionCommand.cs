using System.Management.Automation;
using KlingPS.Completion;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Extends a finished video by 4 to 5 seconds. Paid; sent once only.</summary>
[Cmdlet(
    VerbsCommon.New,
    "KlingExtension",
    DefaultParameterSetName = TaskSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingExtensionCommand : SubmitCmdlet
{
    private const string TaskSet = "Task";
    private const string IdsSet = "Ids";

    /// <summary>The finished parent; checked before anything is sent.</summary>
    [Parameter(ParameterSetName = TaskSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesOne = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? InputObject { get; set; }

    /// <summary>The parent task's id; not checked.</summary>
    [Parameter(ParameterSetName = IdsSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Id("TaskId")]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string TaskId { get; set; } = "";

    /// <summary>The video of the parent to extend; a task with one video needs none.</summary>
    [Parameter(ParameterSetName = IdsSet, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [Id("VideoId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VideoIdCompleter))]
    public string? VideoId { get; set; }

    /// <summary>What happens in the added seconds. Up to 500 characters are documented, 2500 the limit.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [Text]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>What to avoid in them.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [Text]
    [AllowEmptyString]
    public string? NegativePrompt { get; set; }

    /// <summary>How closely to keep to the prompt, 0 to 1.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [Number]
    public double? CfgScale { get; set; }

    /// <summary>Where the service reports each change of status.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [Address]
    public Uri? CallbackUrl { get; set; }

    private protected override void Record()
    {
        object? target = ParameterSetName == TaskSet ? InputObject : TaskId;
        try
        {
            CheckPrompt(nameof(Prompt), Prompt, PromptRules.Documented);
            CheckPrompt(nameof(NegativePrompt), NegativePrompt, PromptRules.Documented);
            CheckCommon(CfgScale, CallbackUrl);
            ExtensionRequest request = Request();
            if (Client.WarnIfOtherAccount(request.TaskId) is { } warning)
            {
                WriteWarning(warning);
            }

            Submit(request, target);
        }
        catch (KlingException e)
        {
            Refuse(e, target);
        }
    }

    private ExtensionRequest Request()
    {
        // The binder reads columns beside ids only; a paid request must not go out without what its row says.
        if (InputObject?.OrderColumns.FirstOrDefault(name => !MyInvocation.BoundParameters.ContainsKey(name)) is { } column)
        {
            throw new KlingException(
                KlingError.InvalidRequest,
                $"The row of task {InputObject.TaskId} has a {column}, and is read as a task, which has none: "
                + $"leave out its column Status, or give -{column}. Nothing was sent.");
        }

        string taskId = InputObject?.TaskId ?? TaskId;
        string videoId = InputObject is { } parent ? ParentRules.VideoToExtend(parent, VideoId, Client.Now) : VideoId!;
        return new ExtensionRequest(TaskIds.CheckService(taskId), TaskIds.CheckService(videoId, "video id"))
        {
            Prompt = CellAttribute.TextOf(Prompt),
            NegativePrompt = CellAttribute.TextOf(NegativePrompt),
            CfgScale = CfgScale,
            CallbackUrl = CallbackUrl,
        };
    }
}
