using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Requests;

namespace KlingPS.Commands;

/// <summary>Extends a finished video by 4 to 5 seconds. Paid; sent once only.</summary>
[Cmdlet(
    VerbsCommon.New,
    "KlingExtension",
    DefaultParameterSetName = TaskSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = ModuleLifetime.HelpPages + "New-KlingExtension.md")]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingExtensionCommand : SubmitCmdlet
{
    private const string TaskSet = "Task";
    private const string IdsSet = "Ids";

    /// <summary>The finished parent; checked before anything is sent.</summary>
    [Parameter(ParameterSetName = TaskSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesOne = true, KeepsColumns = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? InputObject { get; set; }

    /// <summary>The parent task's id; not checked.</summary>
    [Parameter(ParameterSetName = IdsSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [IdTransformation("TaskId")]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string TaskId { get; set; } = "";

    /// <summary>The video of the parent to extend; a task with one video needs none.</summary>
    [Parameter(ParameterSetName = IdsSet, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [IdTransformation("VideoId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VideoIdCompleter))]
    public string? VideoId { get; set; }

    /// <summary>What happens in the added seconds. Up to 500 characters are documented, 2500 the limit.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [TextTransformation]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>What to avoid in them.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [TextTransformation]
    [AllowEmptyString]
    public string? NegativePrompt { get; set; }

    /// <summary>How closely to keep to the prompt, 0 to 1.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [NumberTransformation]
    public double? CfgScale { get; set; }

    /// <summary>Where the service reports each change of status.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [UriTransformation]
    public Uri? CallbackUrl { get; set; }

    private protected override void Record()
    {
        object? target = ParameterSetName == TaskSet ? InputObject : TaskId;
        try
        {
            ExtensionRequest request = Request();
            CheckPrompt(nameof(Prompt), request.Prompt, PromptRules.Documented);
            CheckPrompt(nameof(NegativePrompt), request.NegativePrompt, PromptRules.Documented);
            CheckCommon(request.CfgScale, request.CallbackUrl);
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
        string taskId = InputObject?.TaskId ?? TaskId;
        string videoId = InputObject is { } parent ? ParentRules.VideoToExtend(parent, VideoId, Client.Now) : VideoId!;
        // A task brings its name along, which the binder would take for a given one.
        bool isGiven = IsNameGiven || ParameterSetName == IdsSet;
        TaskDetails known = InputObject is { } task && task.Details != TaskDetails.None
            ? task.Details
            : Client.Connection.DetailsOf(taskId);
        string? name = isGiven ? GivenName : null;
        return new ExtensionRequest(TaskIds.CheckService(taskId), TaskIds.CheckService(videoId, "video id"))
        {
            Name = name ?? known.Name,
            IsNameInherited = name is null,
            Model = known.Model,
            Part = name is null ? (known.Part ?? 1) + 1 : null,
            Prompt = ValueTransformationAttribute.TextOf(
                Prompt ?? Column<string>(nameof(Prompt), new TextTransformationAttribute())),
            NegativePrompt = ValueTransformationAttribute.TextOf(
                NegativePrompt ?? Column<string>(nameof(NegativePrompt), new TextTransformationAttribute())),
            CfgScale = CfgScale ?? Column<double?>(nameof(CfgScale), new NumberTransformationAttribute()),
            CallbackUrl = CallbackUrl ?? Column<Uri>(nameof(CallbackUrl), new UriTransformationAttribute()),
        };
    }

    // The engine binds these columns for rows of ids, but not for rows that became a task.
    private T? Column<T>(string name, ArgumentTransformationAttribute transformation)
    {
        if (InputObject?.UnboundColumns is not { } columns || !columns.TryGetValue(name, out object? value))
        {
            return default;
        }

        try
        {
            return LanguagePrimitives.ConvertTo<T>(transformation.Transform(null!, value));
        }
        catch (Exception e) when (e is ArgumentTransformationMetadataException or PSInvalidCastException)
        {
            throw KlingException.Invalid(
                $"The {name} in the row of task {InputObject.TaskId} cannot be used: {e.Message}", cause: e);
        }
    }
}
