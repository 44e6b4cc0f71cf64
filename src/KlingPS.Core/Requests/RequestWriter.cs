using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlingPS.Requests;

/// <summary>A request as the JSON the service wants.</summary>
internal static class RequestWriter
{
    // Relaxed: the body is sent as application/json, never put into HTML, and -WhatIf shows it to a person.
    private static readonly RequestJson Json = new(new JsonSerializerOptions(RequestJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    // A prompt of usual length is shown whole; of a longer one, as of an address, the start says which it is.
    private const int LongestShown = 300;
    private const int ShownStart = 200;

    internal static byte[] Write(SubmitRequest request) => Write(request, image => image.Value);

    /// <summary>The same body for a person: an image is named, not spelled out.</summary>
    internal static string Describe(SubmitRequest request) =>
        System.Text.Encoding.UTF8.GetString(Write(request, image => image.Display));

    /// <summary>The same on one screen: a field a line, and of a long text the start.</summary>
    internal static string Preview(SubmitRequest request)
    {
        SubmitRequest shown = request with { Prompt = Shortened(request.Prompt), NegativePrompt = Shortened(request.NegativePrompt) };
        using MemoryStream lines = new();
        using (JsonDocument body = JsonDocument.Parse(Write(shown, image => Shortened(image.Display)!)))
        using (Utf8JsonWriter json = new(lines, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            body.WriteTo(json);
        }

        return DisplayText.EscapeJson(System.Text.Encoding.UTF8.GetString(lines.ToArray()));
    }

    internal static byte[] Write(SubmitRequest request, Func<ImageSource, string> show) => request switch
    {
        ExtensionRequest extension => JsonSerializer.SerializeToUtf8Bytes(Body(extension), Json.ExtensionBody),
        VideoRequest video => JsonSerializer.SerializeToUtf8Bytes(Body(video, show), Json.VideoBody),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.GetType().Name, "No body for this request."),
    };

    private static string? Shortened(string? text) =>
        text?.Length > LongestShown ? $"{DisplayText.Truncate(text, ShownStart)}… ({text.Length} characters)" : text;

    private static ExtensionBody Body(ExtensionRequest request) => new()
    {
        TaskId = request.TaskId,
        VideoId = request.VideoId,
        Prompt = request.Prompt,
        NegativePrompt = request.NegativePrompt,
        CfgScale = request.CfgScale,
        CallbackUrl = request.CallbackUrl?.AbsoluteUri,
    };

    private static VideoBody Body(VideoRequest request, Func<ImageSource, string> show) => new()
    {
        ModelName = request.Model,
        Prompt = request.Prompt,
        NegativePrompt = request.NegativePrompt,
        Image = request.Image is null ? null : show(request.Image),
        ImageTail = request.ImageTail is null ? null : show(request.ImageTail),
        Mode = request.Mode,
        Duration = request.Duration?.ToString(CultureInfo.InvariantCulture),
        AspectRatio = request.AspectRatio,
        CfgScale = request.CfgScale,
        CallbackUrl = request.CallbackUrl?.AbsoluteUri,
        ExternalTaskId = request.ExternalTaskId,
        WatermarkInfo = request.Watermark ? new WatermarkBody { Enabled = true } : null,
    };
}
