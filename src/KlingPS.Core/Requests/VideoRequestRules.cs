using static KlingPS.Requests.VideoRequestRules;

namespace KlingPS.Requests;

/// <summary>Combinations the service is known to refuse, found before they are paid a round trip for.</summary>
internal static class VideoRequestRules
{
    // Also for unknown models: anything longer is a slip.
    private const int LongestWord = 64;
    private const int LongestSeconds = 3600;
    private const int MostShots = 6;
    private const int LongestShotPrompt = 512;

    /// <param name="service">Who is asked: what one refuses, another may still serve.</param>
    /// <returns>Warnings: combinations on which the sources disagree.</returns>
    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static IReadOnlyList<string> Check(VideoRequest request, ServiceSide service = ServiceSide.Gateway)
    {
        if (request.Kind is KlingTaskKind.TextToVideo or KlingTaskKind.OmniVideo && request.Shots.Length == 0
            && string.IsNullOrWhiteSpace(request.Prompt))
        {
            throw KlingException.Invalid(
                request.Kind == KlingTaskKind.OmniVideo
                    ? $"Nothing was sent, because a video by {request.Model} needs a -Prompt."
                    : "Nothing was sent, because there is neither a -Prompt nor an -Image.",
                "Describe the video, as in: New-KlingVideo -Prompt 'A quiet harbour at dawn'.");
        }

        CheckWord("Model", request.Model, char.IsLetter);
        CheckWord("Mode", request.Mode, char.IsLetterOrDigit);
        if (request.Mode?.All(char.IsLetterOrDigit) == false)
        {
            // The Mode of a file, such as '-a---', in a list of files.
            throw Refused($"-Mode '{request.Mode}' is not a valid name");
        }

        CheckWord("AspectRatio", request.AspectRatio, char.IsDigit);
        List<string> warnings = [];
        CheckShots(request, warnings);
        RefuseIf(
            request.Duration is < 1 or > LongestSeconds,
            $"-Duration {request.Duration} is not between 1 and {LongestSeconds} seconds");
        if (VideoModels.Find(request.Model) is not { } model)
        {
            if (VideoModels.Similar(request.Model!) is { } known)
            {
                warnings.Add($"Unknown model '{request.Model}' is passed on; did you mean {known}?");
            }
        }
        else if (model.IsUnproven)
        {
            warnings.Add($"What {model.Name} takes is not documented; the service may refuse this without charge.");
        }
        else
        {
            new ModelRules(request, model, service, warnings).Check();
        }

        return warnings;
    }

    // The shots are told by the user, so what they are counts for every model.
    private static void CheckShots(VideoRequest request, List<string> warnings)
    {
        if (request.Shots.Length == 0)
        {
            return;
        }

        RefuseIf(request.HasServiceShots, "-Shot tells the shots, and -MultiShot leaves them to the service");
        RefuseIf(request.Shots.Length > MostShots, $"-Shot takes up to {MostShots} shots, not {request.Shots.Length}");
        for (int i = 0; i < request.Shots.Length; i++)
        {
            Shot shot = request.Shots[i];
            RefuseIf(
                shot.Seconds is < 1 or > LongestSeconds || shot.Prompt.Length == 0,
                shot.Prompt.Length == 0 ? $"shot {i + 1} has no Prompt"
                    : $"the Duration of shot {i + 1} is {shot.Seconds}, not a number of seconds from 1 up");
            RefuseIf(
                PromptRules.Check("Shot", shot.Prompt, LongestShotPrompt) is not null,
                $"the Prompt of shot {i + 1} is longer than {LongestShotPrompt} characters");
        }

        int sum = request.Shots.Sum(shot => shot.Seconds);
        RefuseIf(
            request.Duration is not null && request.Duration != sum,
            $"the shots have {sum} seconds together, and -Duration is {request.Duration}");
        if (!string.IsNullOrEmpty(request.Prompt))
        {
            warnings.Add("The service ignores -Prompt where -Shot tells the shots.");
        }
    }

    private static void CheckWord(string name, string? word, Func<char, bool> mayStart)
    {
        if (word is not null
            && (word.Length is 0 or > LongestWord || !mayStart(word[0]) || !word.All(c => c is > ' ' and <= '~')))
        {
            throw Refused($"-{name} '{DisplayText.ToDisplay(word)}' is not a valid name");
        }
    }

    internal static void RefuseIf(bool isRefused, string why, string action = "")
    {
        if (isRefused)
        {
            throw Refused(why, action);
        }
    }

    internal static KlingException Refused(string why, string action = "") =>
        KlingException.Invalid($"Nothing was sent: {why}.", action);
}

/// <summary>Which service is asked.</summary>
internal enum ServiceSide
{
    /// <summary>A gateway in front of Kling, which may serve models that Kling has ended.</summary>
    Gateway,

    /// <summary>Kling itself.</summary>
    Kling,

    /// <summary>The sandbox, which plays a gateway that serves everything in the table.</summary>
    Sandbox,
}

/// <summary>What one model takes, against what one request asks for.</summary>
internal sealed class ModelRules(VideoRequest request, VideoModel model, ServiceSide service, List<string> warnings)
{
    private const int MostImages = 4;

    private bool IsOmni => request.Kind == KlingTaskKind.OmniVideo;

    // The service's own defaults.
    private string Mode => request.Mode ?? (IsOmni ? "pro" : "std");

    private bool HasSound => request.Sound == "on";

    internal void Check()
    {
        CheckLife();
        CheckRoute();
        CheckMode();
        CheckDuration();
        CheckAspectRatio();
        CheckSoundAndShots();
        CheckReferences();
        CheckReferenceVideo();
        CheckVoices();
        CheckCamera();
        CheckGateway();
        RefuseIf(request.CfgScale is not null && !model.TakesCfgScale, $"{model.Name} does not support -CfgScale");
        WarnIf(
            request.NegativePrompt is not null && IsOmni,
            $"{model.Name} is not documented to take a -NegativePrompt; the service may ignore it.");
    }

    private void CheckLife()
    {
        // What a gateway takes where no model is named, only the gateway knows.
        if (!model.IsRetired || service == ServiceSide.Sandbox
            || (service == ServiceSide.Gateway && request.Model is null))
        {
            return;
        }

        string since = model.RetiredOn is { } day
            ? " on " + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : "";
        string name = request.Model is null ? $"{model.Name} (the service's default)" : model.Name;
        RefuseIf(
            service == ServiceSide.Kling,
            $"Kling retired {name}{since}",
            "Choose a current -Model, such as kling-v2-6; see Get-KlingModel.");
        warnings.Add($"Kling retired {name}{since}; a gateway may refuse it without charge.");
    }

    private void CheckRoute()
    {
        (ModelRoutes route, string what) = request.Kind switch
        {
            KlingTaskKind.OmniVideo => (ModelRoutes.Omni, "from references"),
            KlingTaskKind.MultiImageToVideo => (ModelRoutes.MultiImage, "from several images"),
            KlingTaskKind.ImageToVideo => (ModelRoutes.Image, "from images"),
            _ => (ModelRoutes.Text, "from text"),
        };
        if (model.Routes.HasFlag(route))
        {
            return;
        }

        if (!model.Disputed.HasFlag(route))
        {
            throw route == ModelRoutes.Text
                ? Refused($"{model.Name} makes videos only from images; add an -Image")
                : Refused(
                    $"{model.Name} does not make videos {what}",
                    "Use kling-video-o1 or kling-v3-omni; see Get-KlingModel.");
        }

        warnings.Add($"{model.Name} may not make videos {what}; the service may refuse this without charge.");
    }

    private void CheckMode()
    {
        RefuseIf(
            request.Mode is not null && !Contains(model.Modes, Mode),
            model.Modes.Length == 0
                ? $"{model.Name} does not support -Mode"
                : $"{model.Name} supports -Mode {string.Join(" or ", model.Modes)}, not "
                    + $"'{DisplayText.ToDisplay(Mode)}'");

        WarnIf(
            model.DoubtfulMode == Mode && request.ImageTail is null && !HasSound,
            $"{model.Name} may not support -Mode {Mode}; the service may refuse this without charge.");
        RefuseIf(
            request.ImageTail is not null && !Contains(model.TailModes, Mode),
            model.TailModes.Length == 0
                ? $"{model.Name} does not support -ImageTail"
                : $"{model.Name} supports -ImageTail only with -Mode {string.Join(" or ", model.TailModes)}");
    }

    private void CheckDuration()
    {
        if (request.Duration is not { } seconds)
        {
            return;
        }

        if (request.ReferenceVideo is { IsBase: true })
        {
            warnings.Add("The service ignores -Duration with -EditVideo: the result is as long as that video.");
            return;
        }

        RefuseIf(
            !model.Takes(seconds),
            model.AnySecond
                ? $"{model.Name} supports a -Duration from {model.MinSeconds} to {model.MaxSeconds}, not {seconds}"
                : $"{model.Name} supports a -Duration of {model.MinSeconds} or {model.MaxSeconds}, not {seconds}");
        bool isPlain = request.ReferenceVideo is null && request.ImageTail is null
            && request.References.Length + request.Elements.Length == 0;
        RefuseIf(
            model.Name == VideoModels.O1 && isPlain && seconds is not (5 or 10),
            $"{model.Name} supports a -Duration of 5 or 10 without references, not {seconds}");
        WarnIf(
            !IsOmni && request.ImageTail is not null && seconds != 5 && !model.AnySecond,
            "-ImageTail may need a -Duration of 5; the service may refuse this without charge.");
    }

    private void CheckAspectRatio()
    {
        if (request.AspectRatio is not { } ratio)
        {
            RefuseIf(
                IsOmni && request.Image is null && request.ReferenceVideo is null,
                $"{model.Name} needs an -AspectRatio",
                "Use 16:9, 9:16 or 1:1.");
            return;
        }

        if (request.Kind == KlingTaskKind.ImageToVideo)
        {
            warnings.Add(
                "A video from an image takes its shape from the image; -AspectRatio may be ignored or refused.");
        }
        else if (Contains(VideoModels.AspectRatios, ratio))
        {
            return;
        }
        else if (!IsOmni && Contains(VideoModels.DisputedAspectRatios, ratio))
        {
            warnings.Add(
                $"-AspectRatio {ratio} may not be supported; the service may refuse this without charge.");
        }
        else
        {
            throw Refused(
                $"-AspectRatio '{DisplayText.ToDisplay(ratio)}' is not one of "
                    + $"{string.Join(", ", VideoModels.AspectRatios)}");
        }
    }

    private void CheckSoundAndShots()
    {
        RefuseIf(request.Sound is not null && model.SoundModes.Length == 0, $"{model.Name} does not support -Audio");
        RefuseIf(
            HasSound && !Contains(model.SoundModes, Mode),
            $"{model.Name} makes sound only with -Mode {string.Join(" or ", model.SoundModes)}");
        RefuseIf(
            HasSound && request.ReferenceVideo is not null,
            $"{model.Name} does not support -Audio together with a reference video");
        WarnIf(
            HasSound && request.ImageTail is not null && !IsOmni && !model.TakesShots,
            $"{model.Name} may not support -ImageTail with -Audio; the service may refuse this without charge.");

        if (request.MultiShot is null)
        {
            return;
        }

        RefuseIf(
            !model.TakesShots,
            $"{model.Name} does not support {(request.HasServiceShots ? "-MultiShot" : "-Shot")}");

        if (request.ReferenceVideo is { } video && (video.IsBase || request.Shots.Length > 0))
        {
            throw Refused(
                video.IsBase
                    ? $"{model.Name} does not support shots together with -EditVideo"
                    : $"{model.Name} supports only -MultiShot, not -Shot, together with -ReferenceVideo");
        }
    }

    private void CheckReferences()
    {
        if (request.Kind == KlingTaskKind.MultiImageToVideo)
        {
            RefuseIf(
                request.References.Length > MostImages || request.Image is not null || request.ImageTail is not null,
                $"{model.Name} takes up to {MostImages} images by -Reference, and no -Image with them");
            WarnIf(
                request.References.Length == 1,
                "The gateway documents 2 to 4 images for -Reference, and may refuse one without charge.");
        }

        if (request.Elements.Length == 0 && !IsOmni)
        {
            return;
        }

        bool hasFrame = request.Image is not null;
        RefuseIf(
            model.MostElements == 0 || (!IsOmni && !hasFrame && request.Elements.Length > 0),
            $"{model.Name} does not support -Element{(model.MostElements > 0 ? " without an -Image" : "")}");
        RefuseIf(
            model.Name == VideoModels.O1 && request.ImageTail is not null
                && request.References.Length + request.Elements.Length > 0,
            $"{model.Name} takes no -Reference and no -Element together with -ImageTail");

        int most = hasFrame ? Math.Min(3, model.MostElements) : model.MostElements;
        RefuseIf(
            request.Elements.Length > most,
            $"{model.Name} takes up to {most} elements here, not {request.Elements.Length}");

        int together = request.ReferenceVideo is null ? 7 : 4;
        int images = request.ImageList?.Length ?? 0;
        RefuseIf(
            IsOmni && images + request.Elements.Length > together,
            $"{model.Name} takes up to {together} images and elements together here");
    }

    private void CheckReferenceVideo()
    {
        if (request.ReferenceVideo is not { } video)
        {
            return;
        }

        RefuseIf(
            video.IsBase && (request.Image is not null || request.ImageTail is not null),
            $"{model.Name} takes no frames together with -EditVideo; use -Reference");
        RefuseIf(
            request.ImageTail is not null && model.Name == VideoModels.O1,
            $"{model.Name} takes no -ImageTail together with -ReferenceVideo");
        WarnIf(
            !video.IsBase && request.AspectRatio is null && service == ServiceSide.Gateway,
            "The gateway may need an -AspectRatio with -ReferenceVideo, and refuse this without charge.");

        if (model.ReferenceVideo is { } range && video.Length?.TotalSeconds is { } seconds
            && (seconds < range.Min || seconds > range.Max))
        {
            throw Refused(
                $"{model.Name} takes a video of {range.Min.ToString(CultureInfo.InvariantCulture)} to "
                    + $"{range.Max.ToString(CultureInfo.InvariantCulture)} s, and this one has "
                    + $"{seconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
        }
    }

    private void CheckVoices()
    {
        bool isNamed = request.Prompt?.IndexOf("<<<voice_", StringComparison.Ordinal) >= 0;
        if (request.Voices.Length == 0 && !isNamed)
        {
            return;
        }

        RefuseIf(
            request.Voices.Length > model.MostVoices,
            model.MostVoices == 0
                ? $"{model.Name} does not support -Voice"
                : $"{model.Name} takes up to {model.MostVoices} voices, not {request.Voices.Length}");
        RefuseIf(!HasSound, "a voice needs -Audio");
        RefuseIf(
            request.Voices.Length > 0 && (request.Elements.Length > 0 || request.Image is null),
            "-Voice needs an -Image, and excludes -Element");
        WarnIf(
            request.Voices.Length > 0 && model.TakesShots,
            $"{model.Name} may not support -Voice; the service may refuse this without charge.");
    }

    private void CheckCamera()
    {
        if (request.CameraControl is not { } camera)
        {
            return;
        }

        bool isKnown = (request.Duration ?? 5) == 5
            && ((model.Name == VideoModels.V1 && request.Kind == KlingTaskKind.TextToVideo && Mode == "std")
                || (model.Name == VideoModels.V15 && request.Kind == KlingTaskKind.ImageToVideo && Mode == "pro"
                    && camera.Type == "simple"));
        RefuseIf(
            !isKnown,
            "-Camera is supported only by kling-v1 from text, with -Mode std and 5 seconds, and by kling-v1-5 from "
                + "an image, with -Mode pro, 5 seconds and a simple move");
    }

    // What Kling documents and the gateway's pages do not list.
    private void CheckGateway()
    {
        if (service == ServiceSide.Kling || model.Routes == ModelRoutes.None)
        {
            return;
        }

        string?[] asked =
        [
            request.Sound is null ? null : "-Audio",
            request.MultiShot is null ? null : "shots",
            request.Elements.Length == 0 ? null : "-Element",
            Mode == "4k" ? "-Mode 4k" : null,
            !IsOmni && request.Duration is not (null or 5 or 10) ? $"-Duration {request.Duration}" : null,
        ];
        string[] unlisted = [.. asked.OfType<string>()];
        if (IsOmni && model.Name != VideoModels.O1)
        {
            warnings.Add(
                $"The gateway documents only {VideoModels.O1} on this route; it may refuse "
                    + $"{model.Name} without charge.");
        }
        else if (unlisted.Length > 0)
        {
            warnings.Add(
                $"The gateway does not document {string.Join(", ", unlisted)} for {model.Name}; it may refuse this "
                    + "without charge.");
        }
    }

    private static bool Contains(string[] values, string value) =>
        values.Contains(value, StringComparer.OrdinalIgnoreCase);

    private void WarnIf(bool isDoubtful, string warning)
    {
        if (isDoubtful)
        {
            warnings.Add(warning);
        }
    }
}
