using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlingPS.Requests;

/// <summary>Writes the body of a request: to be sent, to be shown, to be compared.</summary>
internal static class RequestWriter
{
    // Longer prompts and addresses are shown by their start.
    private const int LongestShown = 300;
    private const int ShownStart = 200;

    // Relaxed: the body is sent as application/json, never put into HTML, and -WhatIf shows it to a person.
    private static readonly JavaScriptEncoder Relaxed = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly RequestJson Json =
        new(new JsonSerializerOptions(RequestJson.Default.Options) { Encoder = Relaxed });

    internal static byte[] Write(SubmitRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(request, request.GetType(), Json);

    /// <summary>
    /// The same with other texts for its images, and without the query of a video's address, which is a signature.
    /// </summary>
    internal static byte[] Write(SubmitRequest request, Func<ImageSource, string> show) =>
        Write(request is VideoRequest video
            ? video with
            {
                Image = Shown(video.Image, show),
                ImageTail = Shown(video.ImageTail, show),
                References = [.. video.References.Select(image => Shown(image, show)!)],
                ReferenceVideo = video.ReferenceVideo is { } reference
                    ? reference with { Url = new Uri(ImageSource.Displayable(reference.Url)) }
                    : null,
            }
            : request);

    /// <summary>The body for a person: an image is named, not spelled out.</summary>
    internal static string Describe(SubmitRequest request) =>
        Encoding.UTF8.GetString(Write(request, image => image.Display));

    /// <summary>The same on one screen: one field per line, long text shortened.</summary>
    internal static string Preview(SubmitRequest request)
    {
        SubmitRequest shown =
            request with { Prompt = Shortened(request.Prompt), NegativePrompt = Shortened(request.NegativePrompt) };
        using MemoryStream lines = new();
        using (JsonDocument body = JsonDocument.Parse(Write(shown, image => Shortened(image.Display)!)))
        using (Utf8JsonWriter json = new(lines, new JsonWriterOptions { Indented = true, Encoder = Relaxed }))
        {
            body.WriteTo(json);
        }

        return DisplayText.EscapeJson(Encoding.UTF8.GetString(lines.ToArray()));
    }

    private static ImageSource? Shown(ImageSource? image, Func<ImageSource, string> show) =>
        image is null ? null : image with { Value = show(image) };

    private static string? Shortened(string? text) =>
        text?.Length > LongestShown ? $"{DisplayText.Truncate(text, ShownStart)}… ({text.Length} characters)" : text;
}
