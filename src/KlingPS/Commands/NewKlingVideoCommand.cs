using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Requests;

namespace KlingPS.Commands;

/// <summary>Makes a video from a prompt or from images. Paid; sent once only.</summary>
[Cmdlet(
    VerbsCommon.New,
    "KlingVideo",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "New-KlingVideo.md")]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingVideoCommand : SubmitCmdlet, IDynamicParameters
{
    private readonly PipelineInput _piped = new(new VideoInputTransformationAttribute());

    // The parameters on the command line: those with a text, and all of them, script blocks too.
    private HashSet<string> _typed = [];
    private HashSet<string> _given = [];

    /// <summary>
    /// What the video shows; a list makes a video of each. Up to 500 characters are documented, 2500 the limit.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [PromptTransformation]
    [ValidateNotNull]
    [AllowEmptyString]
    public string[]? Prompt { get; set; }

    /// <summary>The first frame: a jpg or png file, or a URL.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? Image { get; set; }

    /// <summary>The last frame: a jpg or png file, or a URL.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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
    [NumberTransformation(IsWhole = true, IsSeconds = true)]
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

    /// <summary>Lets the cmdlet see what is piped itself, not only its properties.</summary>
    /// <returns>A parameter for it where something is piped, else null.</returns>
    public object? GetDynamicParameters() => MyInvocation.ExpectingInput ? _piped.Parameter() : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Pipeline input is not bound yet. A script block that is to run for each object is bound as an object of the
        // engine's own.
        _given = [.. MyInvocation.BoundParameters.Keys];
        _typed =
        [
            .. MyInvocation.BoundParameters.Where(bound => bound.Value is null or string or string[])
                .Select(bound => bound.Key),
        ];
        base.BeginProcessing();
    }

    private protected override void Record()
    {
        string[] prompts = Prompt ?? [""];
        if (prompts.Length == 0)
        {
            Refuse(KlingException.Invalid("Nothing was sent, because -Prompt is an empty list."), null);
        }

        // The binder takes the file's own name, with its extension.
        if (_piped.Items.FirstOrDefault() is FileInfo file && !IsNameGiven && Name == file.Name)
        {
            Name = Path.GetFileNameWithoutExtension(file.Name);
        }

        for (int i = 0; i < prompts.Length; i++)
        {
            if (i > 0 && IsNameGiven)
            {
                Refuse(
                    KlingException.Invalid(
                        "Nothing was sent, because -Name is taken by the first prompt of the list.",
                        "Pipe a table with a Name and a Prompt column."),
                    prompts[i]);
                continue;
            }

            Make(ValueTransformationAttribute.TextOf(prompts[i]));
        }
    }

    private void Make(string? prompt)
    {
        object? piped = _piped.Items.FirstOrDefault();
        object? target = ValueTransformationAttribute.TextOf(ExternalTaskId) ?? piped ?? prompt ?? Image;
        try
        {
            FileInfo? picture = PipedPicture(piped);
            CheckRow(piped);
            CheckPrompt(nameof(Prompt), prompt, PromptRules.Documented);
            CheckPrompt(nameof(NegativePrompt), NegativePrompt, PromptRules.DocumentedNegative);
            CheckCommon(CfgScale, CallbackUrl);
            VideoRequest request = Request(prompt, picture, ModeOf(piped));
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

    // Nearly everything has a Name, and a process, a service or $null is not a request for a video.
    private void CheckRow(object? piped)
    {
        if (MyInvocation.ExpectingInput
            && piped is null
            && (_typed.Contains(nameof(Prompt)) || _typed.Contains(nameof(Image)))
            && !MyInvocation.BoundParameters.Keys.Except(_given)
                .Any(bound => bound is not (nameof(Name) or PipelineInput.Name)))
        {
            throw KlingException.Invalid(
                "Nothing was sent, because the piped object has nothing of a video but perhaps a Name.",
                "Give its Prompt in a column, or by -Prompt { $_.<property> }.");
        }
    }

    // A script block that makes the image of what is piped says what is meant.
    private FileInfo? PipedPicture(object? piped)
    {
        bool isImageTyped = _typed.Contains(nameof(Image));
        bool isImageMade = Image is not null && !isImageTyped;
        return piped switch
        {
            KlingTask or KlingVideo => throw KlingException.Invalid(
                "Nothing was sent, because a finished video cannot be piped to New-KlingVideo.",
                "Pipe it to New-KlingExtension to make it longer."),
            _ when isImageMade => null,
            DirectoryInfo => throw KlingException.Invalid(
                $"Nothing was sent, because '{piped}' is a folder.",
                "Pipe its pictures, as in: Get-ChildItem ./folder/*.png | New-KlingVideo -Prompt 'slow zoom'."),
            FileInfo when isImageTyped && (ImageTail is null || _typed.Contains(nameof(ImageTail))) =>
                throw KlingException.Invalid(
                    $"Nothing was sent, because -Image is given and '{piped}' is piped.", "Leave one of them out."),
            FileInfo file when !isImageTyped => file,
            not FileInfo and not null when _typed.Contains(nameof(Prompt)) => throw KlingException.Invalid(
                "Nothing was sent, because a piped string is a prompt, and -Prompt is given.",
                "Pipe either prompts, or pictures as files: Get-ChildItem *.png | New-KlingVideo -Prompt 'slow zoom'."),
            _ => null,
        };
    }

    // An empty cell means no image. An empty argument, or a last frame alone, would pay for another video.
    private ImageSource? FirstFrame(FileInfo? picture) =>
        picture is not null ? ImageSource.FromFile(picture.FullName)
        : ValueTransformationAttribute.TextOf(Image) is { } first ? FilePaths.Image(this, first)
        : _typed.Contains(nameof(Image)) || ValueTransformationAttribute.TextOf(ImageTail) is not null
            ? throw KlingException.Invalid("Nothing was sent, because -Image is empty.")
        : null;

    // The engine takes the attributes of a file for its Mode, as it would take any property of that name.
    private string? ModeOf(object? piped) =>
        piped is FileSystemInfo && PSObject.AsPSObject(piped).Properties[nameof(Mode)]?.Value as string == Mode
            ? null
            : ValueTransformationAttribute.TextOf(Mode);

    private VideoRequest Request(string? prompt, FileInfo? picture, string? mode) => new()
    {
        Name = GivenName,
        Prompt = prompt,
        NegativePrompt = ValueTransformationAttribute.TextOf(NegativePrompt),
        Image = FirstFrame(picture),
        ImageTail = ValueTransformationAttribute.TextOf(ImageTail) is { } last ? FilePaths.Image(this, last) : null,
        Model = VideoModels.InServiceSpelling(ValueTransformationAttribute.TextOf(Model)),
        Mode = VideoModels.ModeInServiceSpelling(mode),
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
