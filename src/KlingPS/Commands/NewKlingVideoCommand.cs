using System.Collections;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Providers;
using KlingPS.Requests;

namespace KlingPS.Commands;

/// <summary>Makes a video from a prompt, from images or from another video. Paid; sent once only.</summary>
[Cmdlet(
    VerbsCommon.New,
    "KlingVideo",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "New-KlingVideo.md")]
[OutputType(typeof(KlingTask))]
public sealed class NewKlingVideoCommand : SubmitCmdlet, IDynamicParameters
{
    private readonly PipelineInput _piped = new(new VideoInputTransformationAttribute());

    // The parameters on the command line: all, those with a value, and those with a script block for each record.
    private HashSet<string> _given = [];
    private HashSet<string> _typed = [];
    private HashSet<string> _scripted = [];

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

    /// <summary>
    /// Images whose contents the video uses, in the order in which the prompt counts them: jpg or png files, or URLs.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextsTransformation]
    public string[] Reference { get; set; } = [];

    /// <summary>A video that the new one follows: its address, or a KlingVideo or KlingTask.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [VideoSourceTransformation]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? ReferenceVideo { get; set; }

    /// <summary>A video that is changed as the prompt says: its address, or a KlingVideo or KlingTask.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [VideoSourceTransformation]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask? EditVideo { get; set; }

    /// <summary>Keeps the sound of -ReferenceVideo or -EditVideo.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchTransformation]
    public SwitchParameter KeepSound { get; set; }

    /// <summary>Ids of elements made beforehand at Kling.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IdsTransformation("ElementId")]
    public string[] Element { get; set; } = [];

    /// <summary>Ids of voices, for a video from an image with -Audio.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IdsTransformation("VoiceId")]
    public string[] Voice { get; set; } = [];

    /// <summary>The shots one by one, each a hashtable or an object with a Prompt and a Duration in seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ShotTransformation]
    public Hashtable[] Shot { get; set; } = [];

    /// <summary>Lets the service cut the prompt into shots.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchTransformation]
    public SwitchParameter MultiShot { get; set; }

    /// <summary>Makes sound; -Audio:$false explicitly asks for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SwitchTransformation]
    public SwitchParameter Audio { get; set; }

    /// <summary>
    /// How the camera moves: a word such as down_back, or a hashtable with one of Horizontal, Vertical, Pan, Tilt, Roll
    /// and Zoom, from -10 to 10.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CameraTransformation]
    public Hashtable? Camera { get; set; }

    /// <summary>The model; the service's default is kling-v1. One we do not know is passed on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>std, pro, or, with some models, 4k.</summary>
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
        _scripted = [.. _given.Where(name => MyInvocation.BoundParameters[name]?.GetType().IsVisible == false)];
        _typed = [.. _given.Where(name => MyInvocation.BoundParameters[name] is null or string or object[])];
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
            CheckArguments();
            CheckCommon(CfgScale, CallbackUrl);
            VideoRequest request = Request(prompt, picture, ModeOf(piped));
            bool isOmni = request.Kind == KlingTaskKind.OmniVideo;
            Provider provider = Client.Connection.Provider;
            CheckPrompt(nameof(Prompt), prompt, isOmni ? PromptRules.Hard : provider.PromptLimit);
            CheckPrompt(
                nameof(NegativePrompt), NegativePrompt, isOmni ? PromptRules.Hard : provider.NegativePromptLimit);
            CheckRules(request);
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
            && !MyInvocation.BoundParameters.Keys.Except(_given.Except(_scripted))
                .Any(bound => bound is not (nameof(Name) or PipelineInput.Name)))
        {
            throw KlingException.Invalid(
                "Nothing was sent, because the piped object has nothing of a video but perhaps a Name.",
                "Give its Prompt in a column, or by -Prompt { $_.<property> }.");
        }
    }

    // An empty cell asks for nothing. An empty argument, such as a variable with a slip in its name, would pay for
    // another video.
    private void CheckArguments()
    {
        foreach ((string name, object? value) in new (string, object?)[]
        {
            (nameof(Reference), Reference), (nameof(ReferenceVideo), ReferenceVideo), (nameof(EditVideo), EditVideo),
            (nameof(Element), Element), (nameof(Voice), Voice), (nameof(Shot), Shot), (nameof(Camera), Camera),
        })
        {
            if (_typed.Contains(name) && value is null or object[] { Length: 0 })
            {
                throw KlingException.Invalid($"Nothing was sent, because -{name} is empty.");
            }
        }

        if (Element.FirstOrDefault(id => !id.All(c => c is >= '0' and <= '9') || id.Trim('0').Length == 0) is { } word)
        {
            throw KlingException.Invalid(
                $"Nothing was sent: '{DisplayText.ToDisplay(word)}' is not the id of an element.");
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
                "Pipe it to New-KlingExtension to make it longer, or give it as -ReferenceVideo or -EditVideo."),
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

    private VideoRequest Request(string? prompt, FileInfo? picture, string? mode)
    {
        VideoReference? video = VideoToFollow();
        string? model = ValueTransformationAttribute.TextOf(Model);
        Shot[] shots = ShotTransformationAttribute.Shots(Shot);
        return new VideoRequest
        {
            Name = GivenName,
            Prompt = prompt,
            NegativePrompt = ValueTransformationAttribute.TextOf(NegativePrompt),
            Image = FirstFrame(picture),
            ImageTail = ValueTransformationAttribute.TextOf(ImageTail) is { } last ? FilePaths.Image(this, last) : null,
            References = [.. Reference.Select(image => FilePaths.Image(this, image))],
            ReferenceVideo = video,
            Elements = [.. Element.Select(id => TaskIds.Check(id, "element id"))],
            Voices = [.. Voice.Select(id => TaskIds.Check(id, "voice id"))],
            Shots = shots,
            HasServiceShots = MultiShot,
            // One is needed, and the service's own default takes no references.
            Model = VideoModels.InServiceSpelling(
                model ?? (video is not null || Reference.Length > 0 ? VideoModels.DefaultForReferences : null)),
            Mode = VideoModels.ModeInServiceSpelling(mode),
            Duration = Duration
                ?? (shots.Length > 0 ? (int)Math.Min(shots.Sum(shot => (long)shot.Seconds), int.MaxValue) : null),
            AspectRatio = ValueTransformationAttribute.TextOf(AspectRatio),
            // The service refuses sound beside a reference video, so what follows one is asked for without it.
            Sound = Audio ? "on"
                : _given.Contains(nameof(Audio)) || (video is { IsBase: false } && TakesSound(model)) ? "off"
                : null,
            CameraControl = CameraTransformationAttribute.Control(Camera),
            CfgScale = CfgScale,
            CallbackUrl = CallbackUrl,
            ExternalTaskId = ValueTransformationAttribute.TextOf(ExternalTaskId) is { } id
                ? TaskIds.Check(id, "external task id")
                : null,
            Watermark = Watermark,
        };
    }

    private static bool TakesSound(string? model) =>
        model is not null && VideoModels.Find(model) is { SoundModes.Length: > 0 };

    private VideoReference? VideoToFollow()
    {
        if (ReferenceVideo is not null && EditVideo is not null)
        {
            throw KlingException.Invalid(
                "Nothing was sent, because -ReferenceVideo and -EditVideo exclude each other.");
        }

        if ((ReferenceVideo ?? EditVideo) is not { } source)
        {
            return KeepSound
                ? throw KlingException.Invalid("Nothing was sent, because -KeepSound needs a video.")
                : null;
        }

        KlingVideo video = VideoOf(source);
        if (WebAddress.GetValidationError(video.Url!) is { } objection)
        {
            throw KlingException.Invalid(
                $"Nothing was sent: the address of the video {objection}.",
                "The service takes a video by its web address only.");
        }

        return new VideoReference(video.Url!, EditVideo is not null, KeepSound, video.Duration)
        {
            VideoId = video.VideoId,
        };
    }

    // The query is free, but -WhatIf sends nothing at all.
    private KlingVideo VideoOf(KlingTask task)
    {
        string? wanted = task.VideosUnknown || task.VideoCount > 1 ? null : task.VideoId;
        if (task.Videos.FirstOrDefault()?.Url is null && task.Status == KlingTaskStatus.Succeeded)
        {
            if (IsDryRun)
            {
                return new KlingVideo { Url = VideoReference.Unasked, VideoId = wanted };
            }

            task = Ask(task.TaskId, task.Kind);
        }

        if (task is { Status: KlingTaskStatus.Succeeded, Videos.Length: 1 }
            && task.Videos[0] is { VideoId: null, Url: not null } only)
        {
            return only;
        }

        string id = ParentRules.VideoToFollow(task, wanted, Client.Now);
        return task.Videos.FirstOrDefault(candidate => candidate.VideoId == id) is { Url: not null } video
            ? video
            : throw new KlingException(KlingError.ParentHasNoVideo, $"The video of task {task.TaskId} has no address.");
    }
}
