using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlingPS.Requests;

/// <summary>
/// What a paid POST asks for. Its public properties that are not ignored are its JSON body, in the service's names
/// (source: the gateway's OpenAPI pages).
/// </summary>
internal abstract record SubmitRequest
{
    internal abstract KlingTaskKind Kind { get; }

    /// <summary>The user's own name for the work, given or inherited; never sent.</summary>
    internal string? Name { get; init; }

    /// <summary>Whether the name is the parent's, so that it does not tell this work from other work.</summary>
    internal bool IsNameInherited { get; init; }

    /// <summary>Whether -WhatIf stands something in for what only the service can say.</summary>
    internal virtual bool IsAssumed => false;

    /// <summary>What the task is known by, beside what the service says of it.</summary>
    internal abstract TaskDetails Details { get; }

    /// <summary>The video it goes on from; null for one that begins anew.</summary>
    internal virtual VideoParent? Parent => null;

    [JsonPropertyOrder(1)]
    public string? Prompt { get; init; }

    [JsonPropertyOrder(2)]
    public string? NegativePrompt { get; init; }

    /// <summary>0 to 1; null leaves it to the service.</summary>
    [JsonPropertyOrder(8)]
    public double? CfgScale { get; init; }

    internal Uri? CallbackUrl { get; init; }

    [JsonPropertyName("callback_url"), JsonPropertyOrder(9)]
    public string? CallbackAddress => CallbackUrl?.AbsoluteUri;

    /// <summary>Null where the service takes none, as for extensions.</summary>
    internal virtual string? ExternalId => null;

    /// <summary>The same with an external id; null where the service takes none.</summary>
    public virtual SubmitRequest? WithExternalId(string id) => null;
}

/// <summary>A video of a finished task.</summary>
internal sealed record VideoParent(string TaskId, string VideoId);

/// <summary>4 to 5 seconds more of one video of a finished task of the same account.</summary>
internal sealed record ExtensionRequest([property: JsonIgnore] string TaskId, string VideoId) : SubmitRequest
{
    /// <summary>Whether the service has to be told the parent task too, or only its video.</summary>
    internal bool NamesTask { get; init; } = true;

    [JsonPropertyName("task_id"), JsonPropertyOrder(-1)]
    public string? NamedTask => NamesTask ? TaskId : null;

    internal const string UnaskedVideo = "<the video of the task>";

    internal override bool IsAssumed => VideoId == UnaskedVideo;

    internal override KlingTaskKind Kind => KlingTaskKind.VideoExtension;

    internal override VideoParent Parent => new(TaskId, VideoId);

    /// <summary>The parent's model, which the extension is made with; null when it is not known.</summary>
    internal string? Model { get; init; }

    internal int? Part { get; init; }

    internal override TaskDetails Details => new(Name, Model, Name ?? TaskDetails.TitleOf(Prompt), Part);
}

/// <summary>A new video from a prompt, from frames, or from references of several kinds.</summary>
internal sealed record VideoRequest : SubmitRequest
{
    // The service accepts 'model' too, ignores it, and bills kling-v1.
    [JsonPropertyName("model_name")]
    public string? Model { get; init; }

    /// <summary>The first frame.</summary>
    internal ImageSource? Image { get; init; }

    /// <summary>The last frame.</summary>
    internal ImageSource? ImageTail { get; init; }

    /// <summary>Images whose contents are used, in the order in which the prompt counts them.</summary>
    internal ImageSource[] References { get; init; } = [];

    /// <summary>A video that is followed or edited.</summary>
    internal VideoReference? ReferenceVideo { get; init; }

    /// <summary>Ids of elements made beforehand at Kling.</summary>
    internal string[] Elements { get; init; } = [];

    /// <summary>Ids of voices.</summary>
    internal string[] Voices { get; init; } = [];

    /// <summary>The shots, told one by one.</summary>
    internal Shot[] Shots { get; init; } = [];

    /// <summary>Whether the service cuts the prompt into shots.</summary>
    internal bool HasServiceShots { get; init; }

    /// <summary>
    /// The video before it in a chain, which stands for the frame or the address taken from it when requests are
    /// compared.
    /// </summary>
    internal VideoParent? Follows { get; init; }

    /// <summary>Which part of a chain it becomes.</summary>
    internal int? Part { get; init; }

    /// <summary>Whether a watermarked copy is made too.</summary>
    internal bool Watermark { get; init; }

    [JsonPropertyName("image"), JsonPropertyOrder(3)]
    public string? FirstFrame => IsImageToVideo ? Image?.Value : null;

    [JsonPropertyName("image_tail"), JsonPropertyOrder(4)]
    public string? LastFrame => IsImageToVideo ? ImageTail?.Value : null;

    [JsonPropertyOrder(4)]
    public ImageEntry[]? ImageList => Kind switch
    {
        KlingTaskKind.MultiImageToVideo => [.. References.Select(image => new ImageEntry { Image = image.Value })],
        KlingTaskKind.OmniVideo when Image is not null || ImageTail is not null || References.Length > 0 =>
            [.. Frames, .. References.Select(image => new ImageEntry { ImageUrl = image.Value })],
        _ => null,
    };

    [JsonPropertyOrder(4)]
    public ElementEntry[]? ElementList => NullIfEmpty([.. Elements.Select(id => new ElementEntry(id))]);

    [JsonPropertyOrder(4)]
    public VoiceEntry[]? VoiceList => NullIfEmpty([.. Voices.Select(id => new VoiceEntry(id))]);

    [JsonPropertyOrder(4)]
    public VideoEntry[]? VideoList => ReferenceVideo is null ? null : [new VideoEntry(ReferenceVideo)];

    [JsonPropertyOrder(4)]
    public bool? MultiShot => Shots.Length > 0 || HasServiceShots ? true : null;

    [JsonPropertyOrder(4)]
    public string? ShotType => MultiShot is null ? null : Shots.Length > 0 ? "customize" : "intelligence";

    [JsonPropertyOrder(4)]
    public ShotEntry[]? MultiPrompt => NullIfEmpty(
        [.. Shots.Select((shot, i) => new ShotEntry(i + 1, shot.Prompt, shot.Seconds))]);

    [JsonPropertyOrder(5)]
    public string? Mode { get; init; }

    /// <summary>Seconds; a string in the body, by the service's own definition.</summary>
    [JsonPropertyOrder(6), JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public int? Duration { get; init; }

    [JsonPropertyOrder(7)]
    public string? AspectRatio { get; init; }

    /// <summary>on or off; null leaves it to the service.</summary>
    [JsonPropertyOrder(7)]
    public string? Sound { get; init; }

    [JsonPropertyOrder(8)]
    public CameraControl? CameraControl { get; init; }

    [JsonPropertyOrder(10)]
    public string? ExternalTaskId { get; init; }

    [JsonPropertyOrder(11)]
    public WatermarkInfo? WatermarkInfo => Watermark ? new WatermarkInfo(true) : null;

    /// <summary>The route: omni for references and for models that have no other.</summary>
    internal override KlingTaskKind Kind =>
        IsOmni ? KlingTaskKind.OmniVideo
        : References.Length > 0 ? KlingTaskKind.MultiImageToVideo
        : Image is null && ImageTail is null ? KlingTaskKind.TextToVideo
        : KlingTaskKind.ImageToVideo;

    internal override bool IsAssumed =>
        ReferenceVideo is { VideoId: null } video && video.Url == VideoReference.Unasked;

    internal override string? ExternalId => ExternalTaskId;

    internal override VideoParent? Parent => Follows;

    internal override TaskDetails Details => new(
        Name, Model, Name ?? TaskDetails.TitleOf(Prompt ?? (Shots.Length > 0 ? Shots[0].Prompt : null)), Part);

    private bool IsImageToVideo => Kind == KlingTaskKind.ImageToVideo;

    private bool IsOmni
    {
        get
        {
            ModelRoutes routes = VideoModels.Find(Model) is { } model ? model.Routes | model.Disputed : default;
            return ReferenceVideo is not null
                || routes == ModelRoutes.Omni
                || (References.Length > 0 && !routes.HasFlag(ModelRoutes.MultiImage));
        }
    }

    private IEnumerable<ImageEntry> Frames =>
        new[]
        {
            Image is null ? null : new ImageEntry { ImageUrl = Image.Value, Type = "first_frame" },
            ImageTail is null ? null : new ImageEntry { ImageUrl = ImageTail.Value, Type = "end_frame" },
        }.OfType<ImageEntry>();

    public override SubmitRequest WithExternalId(string id) => this with { ExternalTaskId = id };

    private static T[]? NullIfEmpty<T>(T[] list) => list.Length == 0 ? null : list;
}

/// <summary>A video given to the service by its address.</summary>
/// <param name="IsBase">Whether it is edited, or only followed.</param>
/// <param name="Length">Null where it is not known.</param>
internal sealed record VideoReference(Uri Url, bool IsBase, bool KeepsSound, TimeSpan? Length = null)
{
    /// <summary>Stands for the address that -WhatIf does not ask for.</summary>
    internal static readonly Uri Unasked = new("https://address-of-the-video.invalid/");

    /// <summary>
    /// The service's id of it, by which it is known under any address; null where only that is given.
    /// </summary>
    internal string? VideoId { get; init; }

    /// <summary>The same for comparing requests: an address changes with each query, and the video does not.</summary>
    internal VideoReference Comparable =>
        VideoId is { } id ? this with { Url = new Uri("https://video.invalid/" + Uri.EscapeDataString(id)) } : this;
}

/// <summary>One shot of a video.</summary>
internal sealed record Shot(string Prompt, int Seconds);

/// <summary>An item of <c>image_list</c>: under one name on the omni route, under another on the older one.</summary>
internal sealed record ImageEntry
{
    public string? Image { get; init; }

    public string? ImageUrl { get; init; }

    /// <summary>first_frame or end_frame; none for a plain reference.</summary>
    public string? Type { get; init; }
}

/// <summary>An item of <c>element_list</c>.</summary>
internal sealed record ElementEntry([property: JsonConverter(typeof(NumericIdConverter))] string ElementId);

/// <summary>An item of <c>voice_list</c>.</summary>
internal sealed record VoiceEntry(string VoiceId);

/// <summary>The item of <c>video_list</c>.</summary>
internal sealed class VideoEntry(VideoReference video)
{
    public string VideoUrl => video.Url.AbsoluteUri;

    [JsonPropertyOrder(1)]
    public string ReferType => video.IsBase ? "base" : "feature";

    [JsonPropertyOrder(2)]
    public string KeepOriginalSound => video.KeepsSound ? "yes" : "no";
}

/// <summary>An item of <c>multi_prompt</c>; its seconds are a string in the body.</summary>
internal sealed record ShotEntry(
    int Index,
    string Prompt,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] int Duration);

/// <summary>How the camera moves; the values only for the type simple.</summary>
internal sealed record CameraControl(string Type, CameraMove? Config = null);

/// <summary>Exactly one value is not 0; each is between -10 and 10.</summary>
internal sealed record CameraMove(
    double Horizontal = 0,
    double Vertical = 0,
    double Pan = 0,
    double Tilt = 0,
    double Roll = 0,
    double Zoom = 0);

/// <summary>The service's form of <see cref="VideoRequest.Watermark"/>.</summary>
internal sealed record WatermarkInfo(bool Enabled);

/// <summary>Generated serializers: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExtensionRequest))]
[JsonSerializable(typeof(VideoRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;

/// <summary>An id that the service wants as a number where it is one.</summary>
internal sealed class NumericIdConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}

/// <summary>How to submit.</summary>
/// <param name="QueueTimeout">How long to wait for a slot of the account while all are in use.</param>
/// <param name="IsForced">Sends a request also when an equal one may be paid already.</param>
/// <param name="IsOnce">Pays at most once for the same work; see <c>Claim</c>.</param>
/// <param name="RetriesFailed">With IsOnce: pays for another task where the work's task has failed.</param>
/// <param name="DailyLimit">How many paid tasks the account may have in 24 hours; null for no limit.</param>
/// <param name="Complete">Completes the request once it is to be sent: what takes time and does not tell it from
/// other work.</param>
/// <param name="Stopping">Ends whatever has not been sent yet; what is on the wire goes on.</param>
internal sealed record SubmitOptions(
    TimeSpan QueueTimeout,
    bool IsForced = false,
    bool IsOnce = false,
    bool RetriesFailed = false,
    int? DailyLimit = null,
    Func<SubmitRequest, CancellationToken, Task<SubmitRequest>>? Complete = null,
    CancellationToken Stopping = default)
{
    /// <summary>
    /// How long a request may still be on its way to the service when its sender has stopped waiting.
    /// </summary>
    internal static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer is waited for by those that did not write it down.</summary>
    internal static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long paid requests on the wire are waited for when an error or the pipeline ends the command.
    /// </summary>
    internal static TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <param name="queueTimeout">How long to wait for a slot.</param>
    public static implicit operator SubmitOptions(TimeSpan queueTimeout) => new(queueTimeout);
}
