using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KlingPS.Requests;

namespace KlingPS.Sandbox;

/// <summary>Reads a creation and refuses what the service would refuse, as far as the request alone tells.</summary>
internal static class RequestParser
{
    private const int LongestPrompt = 2500;

    internal static CreateRequest Read(KlingTaskKind kind, byte[] body)
    {
        if (kind is not (KlingTaskKind.VideoExtension or KlingTaskKind.TextToVideo or KlingTaskKind.ImageToVideo))
        {
            throw ServiceError.BadRequest(
                $"The sandbox only makes videos from text or images and extends them; it does not support {kind}");
        }

        using RequestFields fields = RequestFields.Parse(body);
        CreateRequest order = kind == KlingTaskKind.VideoExtension ? Extension(fields) : Parent(kind, fields);
        string prompt = Prompt(fields, "prompt");
        Prompt(fields, "negative_prompt");
        if (fields.Number("cfg_scale") is < 0 or > 1)
        {
            throw ServiceError.BadValue("cfg_scale must be between 0 and 1");
        }

        if (fields.Text("callback_url") is { } callback && !IsWebAddress(callback))
        {
            throw ServiceError.BadValue("callback_url must be an http or https address");
        }

        PromptDirectives.Refuse(prompt);
        return order with
        {
            Prompt = prompt,
            Failure = PromptDirectives.Failure(prompt),
            Takes = PromptDirectives.Takes(prompt),
        };
    }

    private static CreateRequest Extension(RequestFields fields) => new(KlingTaskKind.VideoExtension)
    {
        ParentTaskId = fields.RequiredText("task_id"),
        ParentVideoId = fields.RequiredText("video_id"),
    };

    private static CreateRequest Parent(KlingTaskKind kind, RequestFields fields)
    {
        if (kind == KlingTaskKind.TextToVideo)
        {
            fields.RequiredText("prompt");
        }
        else
        {
            Images(fields);
        }

        // The service reads model_name only: a field called model is ignored.
        string name = fields.Text("model_name") ?? VideoModels.Default;
        // Unlike the client, the service compares names case-sensitively.
        VideoModel? model = Array.Find(VideoModels.All, known => known.Name == name);
        if (model is null || (kind == KlingTaskKind.TextToVideo && model.FromText != true))
        {
            throw ServiceError.Of(404, 1203, "The model is discontinued");
        }

        OneOf(fields, "mode", model.Modes);
        OneOf(fields, "aspect_ratio", VideoModels.AspectRatios);
        if (!string.IsNullOrEmpty(fields.Text("image_tail")) && !model.TailModes.Contains(fields.Text("mode") ?? "std"))
        {
            throw ServiceError.BadValue($"image_tail is not supported by {name} in this mode");
        }

        if (fields.Number("cfg_scale") is not null && !model.TakesCfgScale)
        {
            throw ServiceError.BadValue($"cfg_scale is not supported by {name}");
        }

        return new CreateRequest(kind)
        {
            Model = name,
            Length = Length(fields, model),
            ExternalTaskId = fields.Text("external_task_id") is { Length: > 0 } id ? id : null,
            Watermark = fields.Flag("watermark_info", "enabled"),
        };
    }

    private static TimeSpan Length(RequestFields fields, VideoModel model)
    {
        string duration = fields.Text("duration") ?? "5";
        return int.TryParse(duration, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            && model.Takes(seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw ServiceError.BadValue($"duration value '{duration}' is invalid");
    }

    private static string Prompt(RequestFields fields, string name)
    {
        string prompt = fields.Text(name) ?? "";
        return prompt.Length <= LongestPrompt
            ? prompt
            : throw ServiceError.BadValue($"{name} is longer than {LongestPrompt} characters");
    }

    private static void OneOf(RequestFields fields, string name, string[] values)
    {
        if (fields.Text(name) is { } value && !values.Contains(value))
        {
            throw ServiceError.BadValue($"{name} value '{value}' is invalid");
        }
    }

    private static void Images(RequestFields fields)
    {
        if (!Image(fields, "image") & !Image(fields, "image_tail"))
        {
            throw ServiceError.BadRequest("image or image_tail is required");
        }
    }

    private static bool Image(RequestFields fields, string name)
    {
        if (fields.Text(name) is not { Length: > 0 } image)
        {
            return false;
        }

        if (image.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceError.BadValue($"{name} must be an address or raw base64, without a data: prefix");
        }

        return IsWebAddress(image) || IsBase64(image)
            ? true
            : throw ServiceError.BadValue($"{name} is neither an address nor valid base64");
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https";

    private static bool IsBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>What a well-formed creation asks for, before anyone has looked at the other tasks.</summary>
internal sealed record CreateRequest(KlingTaskKind Kind)
{
    /// <summary>Null in an extension, which inherits its parent's.</summary>
    internal string? Model { get; init; }

    /// <summary>Zero in an extension, whose length follows from its parent's.</summary>
    internal TimeSpan Length { get; init; }

    internal string? ParentTaskId { get; init; }

    internal string? ParentVideoId { get; init; }

    internal string? ExternalTaskId { get; init; }

    /// <summary>As sent; empty without one.</summary>
    internal string Prompt { get; init; } = "";

    internal bool Watermark { get; init; }

    /// <summary>Why the task is to end failed; null when it is to succeed.</summary>
    internal string? Failure { get; init; }

    /// <summary>How long the prompt asked the task to take.</summary>
    internal TimeSpan? Takes { get; init; }
}

/// <summary>What a prompt can tell the sandbox to do.</summary>
/// <remarks><c>[sandbox:fail]</c>, <c>[sandbox:reject]</c>, <c>[sandbox:slow 2.5]</c> (seconds).</remarks>
internal static class PromptDirectives
{
    private static readonly Regex Slow = new(@"\[sandbox:slow ([0-9]{1,7}(?:\.[0-9]{1,3})?)\]");

    internal static string? Failure(string prompt) => prompt.Contains("[sandbox:fail]")
        ? "Failure to pass the risk control system, as the prompt asked (sandbox)"
        : null;

    internal static void Refuse(string prompt)
    {
        if (prompt.Contains("[sandbox:reject]"))
        {
            throw ServiceError.Of(400, 1301, "The content does not pass the security check, as the prompt asked");
        }
    }

    internal static TimeSpan? Takes(string prompt)
    {
        Match match = Slow.Match(prompt);
        return match.Success
            ? TimeSpan.FromSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : null;
    }
}

/// <summary>The fields of a JSON body, read with the service's strictness about types. Null counts as absent.</summary>
internal sealed class RequestFields : IDisposable
{
    private readonly JsonDocument _document;

    private RequestFields(JsonDocument document) => _document = document;

    internal static RequestFields Parse(byte[] body)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new RequestFields(document);
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // The parser's message could quote the body.
        }

        throw ServiceError.BadRequest("The request body is not a JSON object");
    }

    internal string? Text(string name)
    {
        if (Find(name) is not { } field)
        {
            return null;
        }

        try
        {
            return field.ValueKind == JsonValueKind.String
                ? field.GetString()
                : throw ServiceError.BadRequest($"{name} must be a JSON string");
        }
        catch (InvalidOperationException)
        {
            throw ServiceError.BadRequest($"{name} is not valid Unicode");
        }
    }

    internal string RequiredText(string name) =>
        Text(name) is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw ServiceError.BadRequest($"{name} is required");

    internal double? Number(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } field when field.TryGetDouble(out double number) => number,
        _ => throw ServiceError.BadValue($"{name} must be a number"),
    };

    internal bool Flag(string name, string member)
    {
        if (Find(name) is not { } outer)
        {
            return false;
        }

        if (outer.ValueKind != JsonValueKind.Object)
        {
            throw ServiceError.BadRequest($"{name} must be a JSON object");
        }

        return outer.TryGetProperty(member, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
    }

    public void Dispose() => _document.Dispose();

    private JsonElement? Find(string name) =>
        _document.RootElement.TryGetProperty(name, out JsonElement field) && field.ValueKind != JsonValueKind.Null
            ? field
            : null;
}
