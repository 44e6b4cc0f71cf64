namespace KlingPS.Requests;

/// <summary>Combinations the service is known to refuse, found before they are paid a round trip for.</summary>
internal static class VideoRequestRules
{
    // Also for unknown models: anything longer is a slip.
    private const int LongestWord = 64;
    private const int LongestSeconds = 3600;

    /// <returns>Warnings: combinations on which the sources disagree.</returns>
    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static IReadOnlyList<string> Check(VideoRequest request)
    {
        if (request.Kind == KlingTaskKind.TextToVideo && string.IsNullOrWhiteSpace(request.Prompt))
        {
            throw KlingException.Invalid(
                "Nothing was sent, because there is neither a -Prompt nor an -Image.",
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
        if (request.Duration is < 1 or > LongestSeconds)
        {
            throw Refused($"-Duration {request.Duration} is not between 1 and {LongestSeconds} seconds");
        }

        if (VideoModels.Find(request.Model) is not { } model)
        {
            return VideoModels.Similar(request.Model!) is { } known
                ? [$"Unknown model '{request.Model}' is passed on; did you mean {known}?"]
                : [];
        }

        List<string> warnings = [];
        CheckModel(request, model, warnings);
        CheckMode(request, model, warnings);
        CheckDuration(request, model, warnings);
        CheckAspectRatio(request, warnings);
        if (request.CfgScale is not null && !model.TakesCfgScale)
        {
            throw Refused($"{model.Name} does not support -CfgScale");
        }

        return warnings;
    }

    private static void CheckWord(string name, string? word, Func<char, bool> mayStart)
    {
        if (word is not null
            && (word.Length is 0 or > LongestWord || !mayStart(word[0]) || !word.All(c => c is > ' ' and <= '~')))
        {
            throw Refused($"-{name} '{DisplayText.ToDisplay(word)}' is not a valid name");
        }
    }

    private static void CheckModel(VideoRequest request, VideoModel model, List<string> warnings)
    {
        if (request.Kind != KlingTaskKind.TextToVideo)
        {
            return;
        }

        if (model.FromText == false)
        {
            throw Refused($"{model.Name} makes videos only from images; add an -Image");
        }

        if (model.FromText is null)
        {
            warnings.Add(
                $"{model.Name} may not make videos from text; the service may refuse this without charge.");
        }
    }

    private static void CheckMode(VideoRequest request, VideoModel model, List<string> warnings)
    {
        string mode = request.Mode ?? "std";
        if (request.Mode is not null && !Contains(model.Modes, mode))
        {
            throw Refused(model.Modes.Length == 0
                ? $"{model.Name} does not support -Mode"
                : $"{model.Name} supports -Mode {string.Join(" or ", model.Modes)}, not "
                    + $"'{DisplayText.ToDisplay(mode)}'");
        }

        if (request.Mode is not null && mode.Equals("4k", StringComparison.OrdinalIgnoreCase))
        {
            warnings.Add(
                $"{model.Name} may not support -Mode 4k; the service may refuse this without charge.");
        }

        if (request.ImageTail is not null && !Contains(model.TailModes, mode))
        {
            throw Refused(model.TailModes.Length == 0
                ? $"{model.Name} does not support -ImageTail"
                : $"{model.Name} supports -ImageTail only with -Mode {string.Join(" or ", model.TailModes)}");
        }
    }

    private static void CheckDuration(VideoRequest request, VideoModel model, List<string> warnings)
    {
        if (request.Duration is not { } seconds)
        {
            return;
        }

        if (!model.Takes(seconds))
        {
            throw Refused(model.AnySecond
                ? $"{model.Name} supports a -Duration from {model.MinSeconds} to {model.MaxSeconds}, not {seconds}"
                : $"{model.Name} supports a -Duration of {model.MinSeconds} or {model.MaxSeconds}, not {seconds}");
        }

        if (request.ImageTail is not null && seconds != 5)
        {
            warnings.Add(
                "-ImageTail may need a -Duration of 5; the service may refuse this without charge.");
        }
    }

    private static void CheckAspectRatio(VideoRequest request, List<string> warnings)
    {
        if (request.AspectRatio is not { } ratio || Contains(VideoModels.AspectRatios, ratio)
            && request.Kind == KlingTaskKind.TextToVideo)
        {
            return;
        }

        if (request.Kind == KlingTaskKind.ImageToVideo)
        {
            warnings.Add(
                "A video from an image takes its shape from the image; -AspectRatio may be ignored or refused.");
        }
        else if (Contains(VideoModels.DisputedAspectRatios, ratio))
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

    private static bool Contains(string[] values, string value) =>
        values.Contains(value, StringComparer.OrdinalIgnoreCase);

    private static KlingException Refused(string why) =>
        KlingException.Invalid($"Nothing was sent: {why}.");
}
