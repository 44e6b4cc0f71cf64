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
        if (kind is not (KlingTaskKind.VideoExtension or KlingTaskKind.TextToVideo or KlingTaskKind.ImageToVideo
            or KlingTaskKind.MultiImageToVideo or KlingTaskKind.OmniVideo))
        {
            throw ServiceError.BadRequest(
                $"The sandbox makes videos from text, images and references and extends them; {kind} it does not know");
        }

        RequestFields fields = RequestFields.Parse(body);
        CreateRequest order = kind == KlingTaskKind.VideoExtension ? Extension(fields) : Parent(kind, fields);
        string prompt = Prompt(fields, "prompt");
        Prompt(fields, "negative_prompt");
        if (fields.Number("cfg_scale") is < 0 or > 1)
        {
            throw ServiceError.BadValue("cfg_scale must be between 0 and 1");
        }

        if (fields.Text("callback_url") is { } callback && ImageSource.UrlIn(callback) is null)
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
        ParentTaskId = fields.Text("task_id") is { Length: > 0 } id ? id : null,
        ParentVideoId = fields.RequiredText("video_id"),
    };

    private static CreateRequest Parent(KlingTaskKind kind, RequestFields fields)
    {
        bool isOmni = kind == KlingTaskKind.OmniVideo;
        int shots = Shots(fields);
        bool isOfImages = kind == KlingTaskKind.ImageToVideo;
        if (isOfImages && (!Image(fields, "image") & !Image(fields, "image_tail")))
        {
            throw ServiceError.BadRequest("image or image_tail is required");
        }

        if (!isOfImages && shots == 0)
        {
            fields.RequiredText("prompt");
        }

        // The service reads model_name only: a field called model is ignored.
        string name = fields.Text("model_name") ?? (isOmni ? VideoModels.DefaultForReferences : VideoModels.Default);
        // Unlike the client, the service compares names case-sensitively.
        VideoModel? model = Array.Find(VideoModels.All, known => known.Name == name);
        if (model?.Routes.HasFlag(RouteOf(kind)) != true)
        {
            throw ServiceError.Of(404, 1203, "The model is discontinued");
        }

        string mode = fields.Text("mode") ?? (isOmni ? "pro" : "std");
        OneOf(fields, "mode", model.Modes);
        OneOf(fields, "aspect_ratio", VideoModels.AspectRatios);
        OneOf(fields, "sound", ["on", "off"]);
        string[] images = ImageList(fields, isOmni ? "image_url" : "image", kind);
        bool hasLast = !string.IsNullOrEmpty(fields.Text("image_tail")) || images.Contains("end_frame");
        string? objection =
            hasLast && !model.TailModes.Contains(mode) ? $"image_tail is not supported by {name} in this mode"
            : fields.Text("sound") == "on" && !model.SoundModes.Contains(mode)
                ? $"sound is not supported by {name} in this mode"
            : shots > 0 && !model.TakesShots ? $"multi_shot is not supported by {name}"
            : fields.Number("cfg_scale") is not null && !model.TakesCfgScale ? $"cfg_scale is not supported by {name}"
            : fields.List("element_list").Length > model.MostElements
                ? $"element_list of {name} takes at most {model.MostElements} elements"
            : fields.List("voice_list").Length > model.MostVoices
                ? $"voice_list of {name} takes at most {model.MostVoices} voices"
            : null;
        if (objection is not null)
        {
            throw ServiceError.BadValue(objection);
        }

        (string Url, bool IsBase)? video = Video(fields);
        if (video is not null && (model.ReferenceVideo is null || fields.Text("sound") == "on"))
        {
            throw ServiceError.BadValue($"video_list is not supported by {name} with these parameters");
        }

        if (isOmni && video is null && fields.Text("aspect_ratio") is null && !images.Contains("first_frame"))
        {
            throw ServiceError.BadRequest("aspect_ratio is required");
        }

        return new CreateRequest(kind)
        {
            Model = name,
            Length = Length(fields, model),
            ReferenceUrl = video?.Url,
            IsEdit = video?.IsBase == true,
            ExternalTaskId = fields.Text("external_task_id") is { Length: > 0 } id ? id : null,
            Watermark = fields.Flag("watermark_info", "enabled"),
        };
    }

    private static ModelRoutes RouteOf(KlingTaskKind kind) => kind switch
    {
        KlingTaskKind.TextToVideo => ModelRoutes.Text,
        KlingTaskKind.ImageToVideo => ModelRoutes.Image,
        KlingTaskKind.MultiImageToVideo => ModelRoutes.MultiImage,
        _ => ModelRoutes.Omni,
    };

    // The number of shots that are told; 1 where the service makes them of the prompt.
    private static int Shots(RequestFields fields)
    {
        if (!fields.Switch("multi_shot"))
        {
            return 0;
        }

        OneOf(fields, "shot_type", ["customize", "intelligence"]);
        if (fields.Text("shot_type") != "customize")
        {
            fields.RequiredText("prompt");
            return 1;
        }

        JsonElement[] shots = fields.List("multi_prompt");
        int sum = 0;
        for (int i = 0; i < shots.Length; i++)
        {
            RequestFields shot = RequestFields.Of(shots[i]);
            if (shot.Number("index") != i + 1 || shot.RequiredText("prompt").Length > 512
                || !int.TryParse(
                    shot.RequiredText("duration"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                || seconds < 1)
            {
                throw ServiceError.BadValue($"multi_prompt[{i}] is invalid");
            }

            sum += seconds;
        }

        return shots.Length is >= 1 and <= 6
            && fields.Text("duration") == sum.ToString(CultureInfo.InvariantCulture)
                ? shots.Length
                : throw ServiceError.BadValue("multi_prompt takes 1 to 6 shots whose durations are the duration");
    }

    // The types of the images; an empty one for a plain reference.
    private static string[] ImageList(RequestFields fields, string name, KlingTaskKind kind)
    {
        List<string> types = [];
        foreach (JsonElement item in fields.List("image_list"))
        {
            RequestFields image = RequestFields.Of(item);
            if (!Image(image, name))
            {
                throw ServiceError.BadRequest($"image_list.{name} is required");
            }

            OneOf(image, "type", ["first_frame", "end_frame"]);
            types.Add(image.Text("type") ?? "");
        }

        return kind == KlingTaskKind.MultiImageToVideo && types.Count is 0 or > 4
            ? throw ServiceError.BadValue("image_list takes 1 to 4 images")
            : [.. types];
    }

    private static (string Url, bool IsBase)? Video(RequestFields fields)
    {
        JsonElement[] videos = fields.List("video_list");
        if (videos.Length == 0)
        {
            return null;
        }

        RequestFields video = RequestFields.Of(videos[0]);
        OneOf(video, "refer_type", ["feature", "base"]);
        OneOf(video, "keep_original_sound", ["yes", "no"]);
        string url = video.RequiredText("video_url");
        return videos.Length == 1 && ImageSource.UrlIn(url) is not null
            ? (url, video.Text("refer_type") == "base")
            : throw ServiceError.BadValue("video_list takes one video by its address");
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

        return ImageSource.UrlIn(image) is not null || IsBase64(image)
            ? true
            : throw ServiceError.BadValue($"{name} is neither an address nor valid base64");
    }

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
/// <param name="Model">Null in an extension, which inherits its parent's.</param>
/// <param name="Length">Zero in an extension, whose length follows from its parent's.</param>
/// <param name="ReferenceUrl">The address of the video that is followed or edited.</param>
/// <param name="IsEdit">Whether that video is edited, so that the result is as long as it is.</param>
/// <param name="Prompt">As sent; empty without one.</param>
/// <param name="Failure">Why the task is to end failed; null when it is to succeed.</param>
/// <param name="Takes">How long the prompt asked the task to take.</param>
internal sealed record CreateRequest(
    KlingTaskKind Kind,
    string? Model = null,
    TimeSpan Length = default,
    string? ParentTaskId = null,
    string? ParentVideoId = null,
    string? ReferenceUrl = null,
    bool IsEdit = false,
    string? ExternalTaskId = null,
    string Prompt = "",
    bool Watermark = false,
    string? Failure = null,
    TimeSpan? Takes = null);

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
internal sealed class RequestFields(JsonElement element)
{
    internal static RequestFields Parse(byte[] body)
    {
        using JsonDocument? document = TolerantJson.Parse(body);
        return document?.RootElement.ValueKind == JsonValueKind.Object
            ? new RequestFields(document.RootElement.Clone())
            : throw ServiceError.BadRequest("The request body is not a JSON object");
    }

    internal static RequestFields Of(JsonElement item) => item.ValueKind == JsonValueKind.Object
        ? new RequestFields(item)
        : throw ServiceError.BadRequest("A list holds something that is not a JSON object");

    /// <summary>The items of an array; none where there is none.</summary>
    internal JsonElement[] List(string name) =>
        Find(name, "a JSON array", JsonValueKind.Array) is { } list ? [.. list.EnumerateArray()] : [];

    internal bool Switch(string name) =>
        Find(name, "true or false", JsonValueKind.True, JsonValueKind.False)?.GetBoolean() == true;

    internal string? Text(string name)
    {
        try
        {
            return Find(name, "a JSON string", JsonValueKind.String)?.GetString();
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

    internal bool Flag(string name, string member) =>
        Find(name, "a JSON object", JsonValueKind.Object) is { } outer
        && outer.TryGetProperty(member, out JsonElement flag)
        && flag.ValueKind == JsonValueKind.True;

    private JsonElement? Find(string name, string wanted, params JsonValueKind[] kinds) =>
        Find(name) is not { } field ? null
        : kinds.Contains(field.ValueKind) ? field
        : throw ServiceError.BadRequest($"{name} must be {wanted}");

    private JsonElement? Find(string name) =>
        element.TryGetProperty(name, out JsonElement field) && field.ValueKind != JsonValueKind.Null
            ? field
            : null;
}
