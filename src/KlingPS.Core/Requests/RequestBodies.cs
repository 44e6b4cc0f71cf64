using System.Text.Json.Serialization;

namespace KlingPS.Requests;

/// <summary>The body of an extension, in the service's names (source: the gateway's OpenAPI page).</summary>
internal sealed record ExtensionBody
{
    [JsonPropertyName("task_id")]
    public required string TaskId { get; init; }

    [JsonPropertyName("video_id")]
    public required string VideoId { get; init; }

    [JsonPropertyName("prompt")]
    public string? Prompt { get; init; }

    [JsonPropertyName("negative_prompt")]
    public string? NegativePrompt { get; init; }

    [JsonPropertyName("cfg_scale")]
    public double? CfgScale { get; init; }

    [JsonPropertyName("callback_url")]
    public string? CallbackUrl { get; init; }
}

/// <summary>The body of text-to-video and image-to-video.</summary>
internal sealed record VideoBody
{
    // The service accepts 'model' too, ignores it, and bills kling-v1.
    [JsonPropertyName("model_name")]
    public string? ModelName { get; init; }

    [JsonPropertyName("prompt")]
    public string? Prompt { get; init; }

    [JsonPropertyName("negative_prompt")]
    public string? NegativePrompt { get; init; }

    [JsonPropertyName("image")]
    public string? Image { get; init; }

    [JsonPropertyName("image_tail")]
    public string? ImageTail { get; init; }

    [JsonPropertyName("mode")]
    public string? Mode { get; init; }

    // A string by the service's own definition.
    [JsonPropertyName("duration")]
    public string? Duration { get; init; }

    [JsonPropertyName("aspect_ratio")]
    public string? AspectRatio { get; init; }

    [JsonPropertyName("cfg_scale")]
    public double? CfgScale { get; init; }

    [JsonPropertyName("callback_url")]
    public string? CallbackUrl { get; init; }

    [JsonPropertyName("external_task_id")]
    public string? ExternalTaskId { get; init; }

    [JsonPropertyName("watermark_info")]
    public WatermarkBody? WatermarkInfo { get; init; }
}

/// <summary>Whether a watermarked copy is made too.</summary>
internal sealed record WatermarkBody
{
    [JsonPropertyName("enabled")]
    public bool Enabled { get; init; }
}

/// <summary>Generated serializers: no reflection at run time.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExtensionBody))]
[JsonSerializable(typeof(VideoBody))]
internal sealed partial class RequestJson : JsonSerializerContext;
