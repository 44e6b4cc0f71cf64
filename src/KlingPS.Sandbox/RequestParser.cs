using System.Globalization;
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
                $"The sandbox makes only video extension, text to video and image to video, not {kind}");
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
        return order with { Prompt = prompt, Failure = PromptDirectives.Failure(prompt), Takes = PromptDirectives.Takes(prompt) };
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
        // Nor does it know a name in another case, as the client does.
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
