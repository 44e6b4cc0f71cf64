using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Requests;

namespace KlingPS.Commands;

/// <summary>Makes a video from a prompt or from images. Paid; sent once only.</summary>
/// <remarks>
/// No set is the default: the binder would settle on it for a row with a Prompt, and pass over the row's Image. Without
/// one, a mandatory Prompt would leave a command with neither to the engine, which says that a parameter set cannot be
/// resolved.
/// </remarks>
[Cmdlet(
    VerbsCommon.New,
    "KlingVideo",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "New-KlingVideo.md")]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingVideoCommand : SubmitCmdlet
{
    private const string TextSet = "Text";
    private const string ImageSet = "Image";

    private bool _isImageNamed;

    /// <summary>What the video shows. Up to 500 characters are documented, 2500 the limit.</summary>
    [Parameter(
        ParameterSetName = TextSet,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [Parameter(
        ParameterSetName = ImageSet,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [PromptTransformation]
    [ValidateNotNull]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>The first frame: a jpg or png file, or a URL.</summary>
    [Parameter(ParameterSetName = ImageSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowNull]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>The last frame: a jpg or png file, or a URL.</summary>
    [Parameter(ParameterSetName = ImageSet, ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? ImageTail { get; set; }

    /// <summary>What to avoid. Up to 200 characters are documented, 2500 the limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? NegativePrompt { get; set; }

    /// <summary>The model; the service's default is kling-v1. One we do not know is passed on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>std or pro.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ModeCompleter))]
    public string? Mode { get; set; }

    /// <summary>Seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberTransformation(IsWhole = true)]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public int? Duration { get; set; }

    /// <summary>16:9, 9:16 or 1:1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(AspectRatioCompleter))]
    public string? AspectRatio { get; set; }

    /// <summary>How closely to keep to the prompt, 0 to 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberTransformation]
    public double? CfgScale { get; set; }

    /// <summary>Where the service reports each change of status.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [UriTransformation]
    public Uri? CallbackUrl { get; set; }

    /// <summary>Your own id, unique in the account; a task whose submission is unknown can be queried by it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IdTransformation("ExternalTaskId")]
    [AllowEmptyString]
    public string? ExternalTaskId { get; set; }

    /// <summary>Makes a watermarked copy too.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchTransformation]
    public SwitchParameter Watermark { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Pipeline input is not bound yet.
        _isImageNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Image));
        base.BeginProcessing();
    }

    private protected override void Record()
    {
        object? target = ValueTransformationAttribute.TextOf(ExternalTaskId) ?? Prompt ?? Image;
        try
        {
            CheckPrompt(nameof(Prompt), Prompt, PromptRules.Documented);
            CheckPrompt(nameof(NegativePrompt), NegativePrompt, PromptRules.DocumentedNegative);
            CheckCommon(CfgScale, CallbackUrl);
            VideoRequest request = Request();
            foreach (string warning in VideoRequestRules.Check(request))
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

    // An empty cell means no image. An empty argument, or a last frame alone, would pay for another video.
    private ImageSource? FirstFrame() =>
        ValueTransformationAttribute.TextOf(Image) is { } first ? FilePaths.Image(this, first)
        : _isImageNamed || ValueTransformationAttribute.TextOf(ImageTail) is not null
            ? throw KlingException.Invalid("Nothing was sent, because -Image is empty.")
        : null;

    private VideoRequest Request() => new()
    {
        Name = GivenName,
        Prompt = ValueTransformationAttribute.TextOf(Prompt),
        NegativePrompt = ValueTransformationAttribute.TextOf(NegativePrompt),
        Image = FirstFrame(),
        ImageTail = ValueTransformationAttribute.TextOf(ImageTail) is { } last ? FilePaths.Image(this, last) : null,
        Model = VideoModels.InServiceSpelling(ValueTransformationAttribute.TextOf(Model)),
        Mode = VideoModels.ModeInServiceSpelling(ValueTransformationAttribute.TextOf(Mode)),
        Duration = Duration,
        AspectRatio = ValueTransformationAttribute.TextOf(AspectRatio),
        CfgScale = CfgScale,
        CallbackUrl = CallbackUrl,
        ExternalTaskId = ValueTransformationAttribute.TextOf(ExternalTaskId) is { } id
            ? TaskIds.Check(id, "external task id")
            : null,
        Watermark = Watermark,
    };
}
