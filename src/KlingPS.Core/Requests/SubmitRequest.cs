using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlingPS.Requests;

/// <summary>
/// What a paid POST asks for. It is its own JSON body, in the service's names (source: the gateway's OpenAPI pages).
/// </summary>
internal abstract record SubmitRequest
{
    [JsonIgnore]
    public abstract KlingTaskKind Kind { get; }

    /// <summary>The user's own name for the work, given or inherited; never sent.</summary>
    [JsonIgnore]
    public string? Name { get; init; }

    /// <summary>Whether the name is the parent's, so that it does not tell this work from other work.</summary>
    [JsonIgnore]
    public bool IsNameInherited { get; init; }

    /// <summary>What the task is known by, beside what the service says of it.</summary>
    [JsonIgnore]
    public abstract TaskDetails Details { get; }

    [JsonPropertyOrder(1)]
    public string? Prompt { get; init; }

    [JsonPropertyOrder(2)]
    public string? NegativePrompt { get; init; }

    /// <summary>0 to 1; null leaves it to the service.</summary>
    [JsonPropertyOrder(8)]
    public double? CfgScale { get; init; }

    [JsonPropertyOrder(9), JsonConverter(typeof(UriConverter))]
    public Uri? CallbackUrl { get; init; }

    /// <summary>Null where the service takes none, as for extensions.</summary>
    [JsonIgnore]
    public virtual string? ExternalId => null;

    /// <summary>The same with an external id; null where the service takes none.</summary>
    public virtual SubmitRequest? WithExternalId(string id) => null;
}

/// <summary>4 to 5 seconds more of one video of a finished task of the same account.</summary>
internal sealed record ExtensionRequest(string TaskId, string VideoId) : SubmitRequest
{
    [JsonIgnore]
    public override KlingTaskKind Kind => KlingTaskKind.VideoExtension;

    /// <summary>The parent's model, which the extension is made with; null when it is not known.</summary>
    [JsonIgnore]
    public string? Model { get; init; }

    [JsonIgnore]
    public int? Part { get; init; }

    [JsonIgnore]
    public override TaskDetails Details => new(Name, Model, Name ?? TaskDetails.TitleOf(Prompt), Part);
}

/// <summary>A new video from a prompt, or from a first and last frame.</summary>
internal sealed record VideoRequest : SubmitRequest
{
    [JsonIgnore]
    public override KlingTaskKind Kind =>
        Image is null && ImageTail is null ? KlingTaskKind.TextToVideo : KlingTaskKind.ImageToVideo;

    // The service accepts 'model' too, ignores it, and bills kling-v1.
    [JsonPropertyName("model_name")]
    public string? Model { get; init; }

    [JsonPropertyOrder(3), JsonConverter(typeof(ImageConverter))]
    public ImageSource? Image { get; init; }

    [JsonPropertyOrder(4), JsonConverter(typeof(ImageConverter))]
    public ImageSource? ImageTail { get; init; }

    [JsonPropertyOrder(5)]
    public string? Mode { get; init; }

    /// <summary>Seconds; a string in the body, by the service's own definition.</summary>
    [JsonPropertyOrder(6), JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public int? Duration { get; init; }

    [JsonPropertyOrder(7)]
    public string? AspectRatio { get; init; }

    [JsonPropertyOrder(10)]
    public string? ExternalTaskId { get; init; }

    /// <summary>Whether a watermarked copy is made too.</summary>
    [JsonIgnore]
    public bool Watermark { get; init; }

    [JsonPropertyOrder(11)]
    public WatermarkInfo? WatermarkInfo => Watermark ? new WatermarkInfo(true) : null;

    [JsonIgnore]
    public override string? ExternalId => ExternalTaskId;

    [JsonIgnore]
    public override TaskDetails Details => new(Name, Model, Name ?? TaskDetails.TitleOf(Prompt));

    public override SubmitRequest WithExternalId(string id) => this with { ExternalTaskId = id };
}

/// <summary>The service's form of <see cref="VideoRequest.Watermark"/>.</summary>
internal sealed record WatermarkInfo(bool Enabled);

/// <summary>Generated serializers: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExtensionRequest))]
[JsonSerializable(typeof(VideoRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;

/// <summary>An address as it is sent: escaped.</summary>
internal sealed class UriConverter : JsonConverter<Uri>
{
    public override Uri Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Uri value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.AbsoluteUri);
}

/// <summary>An image by what is sent of it.</summary>
internal sealed class ImageConverter : JsonConverter<ImageSource>
{
    public override ImageSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, ImageSource value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>How to submit.</summary>
/// <param name="QueueTimeout">How long to wait for a slot of the account while all are in use.</param>
internal sealed record SubmitOptions(TimeSpan QueueTimeout)
{
    /// <summary>
    /// How long paid requests on the wire are waited for when an error or the pipeline ends the command.
    /// </summary>
    internal static TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Sends a request also when an equal one may be paid already.</summary>
    internal bool IsForced { get; init; }

    /// <summary>Pays at most once for the same work; see <c>Claim</c>.</summary>
    internal bool IsOnce { get; init; }

    /// <summary>With <see cref="IsOnce"/>: pays for another task where the work's task has failed.</summary>
    internal bool RetriesFailed { get; init; }

    /// <summary>How many paid tasks the account may have in 24 hours; null for no limit.</summary>
    internal int? DailyLimit { get; init; }

    /// <summary>Ends whatever has not been sent yet; what is on the wire goes on.</summary>
    internal CancellationToken Stopping { get; init; }

    /// <param name="queueTimeout">How long to wait for a slot.</param>
    public static implicit operator SubmitOptions(TimeSpan queueTimeout) => new(queueTimeout);
}
