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
    /// <summary>The finished parent; checked before anything is sent.</summary>
    [Parameter(ParameterSetName = TaskSet, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation(TakesOne = true, IsParent = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? InputObject { get; set; }

    /// <summary>The parent task's id. Alone, the task is queried and checked; with -VideoId both are sent.</summary>
    [Parameter(
        ParameterSetName = IdsSet,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [IdTransformation("TaskId")]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string TaskId { get; set; } = "";

    /// <summary>The video of the parent to extend; a task with one video needs none.</summary>
    [Parameter(ParameterSetName = IdsSet, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = TaskSet)]
    [IdTransformation("VideoId")]
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
        object? target = InputObject is { ValidationError: null } ? InputObject : TaskId;
        try
        {
            ExtensionRequest request = Request();
            int limit = Client.Connection.Provider.PromptLimit;
            CheckPrompt(nameof(Prompt), request.Prompt, limit);
            CheckPrompt(nameof(NegativePrompt), request.NegativePrompt, limit);
            CheckCommon(request.CfgScale, request.CallbackUrl);
            Submit(request, target);
        }
        catch (KlingException e)
        {
            Refuse(e, target);
        }
    }

    private ExtensionRequest Request()
    {
        (string taskId, string videoId) = Parent();
        // A task brings its name along, which the binder would take for a given one.
        bool isGiven = HasNameArgument || ParameterSetName == IdsSet;
        TaskDetails known = InputObject is { } task && task.Details != TaskDetails.None
            ? task.Details
            : Client.Connection.DetailsOf(taskId);
        if (InputObject is not null || ValueTransformationAttribute.TextOf(VideoId) is null)
        {
            ParentRules.CheckModel(taskId, known.Model);
        }

        string? name = isGiven ? GivenName : null;
        return new ExtensionRequest(taskId, videoId)
        {
            Name = name ?? known.Name,
            IsNameInherited = name is null,
            Model = known.Model,
            Part = name is null ? (known.Part ?? 1) + 1 : null,
            Prompt = TextOf(Prompt, InputObject, nameof(Prompt)),
            NegativePrompt = TextOf(NegativePrompt, InputObject, nameof(NegativePrompt)),
            CfgScale = CfgScale ?? Column<double?>(InputObject, nameof(CfgScale), new NumberTransformationAttribute()),
            CallbackUrl = CallbackUrl
                ?? Column<Uri>(InputObject, nameof(CallbackUrl), new UriTransformationAttribute()),
        };
    }

    private (string TaskId, string VideoId) Parent()
    {
        string taskId = ParentId(InputObject, TaskId);
        string? videoId = ValueTransformationAttribute.TextOf(VideoId) is { } given
            ? TaskIds.CheckService(given, "video id")
            : null;
        bool mustAsk = InputObject is null ? videoId is null
            : InputObject is { VideosUnknown: true, Status: KlingTaskStatus.Succeeded };
        if (!mustAsk)
        {
            return (taskId, InputObject is null ? videoId! : VideoOf(InputObject, videoId));
        }

        videoId ??= InputObject?.VideoId;
        // The query is free, but -WhatIf sends nothing at all.
        return (
            taskId, IsDryRun
                ? videoId ?? ExtensionRequest.UnaskedVideo
                : VideoOf(Ask(taskId, InputObject?.Kind), videoId));
    }

    private string VideoOf(KlingTask parent, string? wanted) =>
        TaskIds.CheckService(ParentRules.VideoToExtend(parent, wanted, Client.Now), "video id");
}
