namespace KlingPS.Requests;

/// <summary>The routes on which a model makes videos.</summary>
[Flags]
internal enum ModelRoutes
{
    None = 0,
    Text = 1,
    Image = 2,
    MultiImage = 4,
    Omni = 8,
    Motion = 16,
    TextAndImage = Text | Image,
}

/// <summary>What one model takes, from the service's capability map.</summary>
/// <param name="Modes">The modes it takes; empty for a model without modes.</param>
/// <param name="TailModes">The modes in which it takes a last frame; empty for none.</param>
/// <param name="AnySecond">Whether every whole second between is taken, or only 5 and 10.</param>
/// <param name="Disputed">The routes on which sources disagree.</param>
/// <param name="DoubtfulMode">A mode that a live service refused although the map lists it.</param>
/// <param name="TakesShots">Whether a video may be told shot by shot.</param>
/// <param name="MostElements">How many elements it takes in a video from an image, or on the omni route.</param>
/// <param name="ReferenceVideo">How long a reference video may be, in seconds; null where none is taken.</param>
/// <param name="IsRetired">Whether Kling itself has ended it; a gateway may still serve it.</param>
/// <param name="RetiredOn">The day on which Kling ended it; null where that is not known.</param>
/// <param name="IsUnproven">Whether it is known by announcements only, so that nothing it is asked for can be
/// refused.</param>
internal sealed record VideoModel(
    string Name,
    ModelRoutes Routes,
    string[] Modes,
    string[] TailModes,
    int MinSeconds = 5,
    int MaxSeconds = 10,
    bool AnySecond = false,
    ModelRoutes Disputed = ModelRoutes.None,
    string? DoubtfulMode = null,
    bool TakesShots = false,
    int MostElements = 0,
    int MostVoices = 0,
    (double Min, double Max)? ReferenceVideo = null,
    bool TakesCfgScale = false,
    bool IsExtendable = false,
    bool IsRetired = false,
    DateTime? RetiredOn = null,
    bool IsUnproven = false)
{
    /// <summary>The modes in which it makes sound; empty for none.</summary>
    internal string[] SoundModes { get; init; } = [];

    /// <summary>Units of Kling's price list for a second, by mode and by what is added to it.</summary>
    internal (string What, decimal Units)[] ListUnits { get; init; } = [];

    /// <summary>How many seconds a video may have.</summary>
    internal IEnumerable<int> Durations =>
        Enumerable.Range(MinSeconds, MaxSeconds - MinSeconds + 1).Where(Takes);

    /// <summary>Whether a video may have so many seconds.</summary>
    internal bool Takes(int seconds) =>
        seconds >= MinSeconds && seconds <= MaxSeconds && (AnySecond || seconds % 5 == 0);
}

/// <summary>
/// The one table of models. A model that is not here is passed on unchecked: new ones come faster than releases.
/// </summary>
internal static class VideoModels
{
    /// <summary>What the service takes where no model is named.</summary>
    internal const string Default = V1;

    /// <summary>What is named for references where the user names no model: the one the gateway documents.</summary>
    internal const string DefaultForReferences = O1;

    /// <summary>Models with rules of their own.</summary>
    internal const string V1 = "kling-v1";
    internal const string V15 = "kling-v1-5";
    internal const string O1 = "kling-video-o1";

    private static readonly string[] Both = ["std", "pro"];
    private static readonly string[] Pro = ["pro"];
    private static readonly string[] UpTo4K = ["std", "pro", "4k"];
    private static readonly string[] None = [];
    private static readonly DateTime RetiredIn2026 = new(2026, 9, 15, 0, 0, 0, DateTimeKind.Unspecified);

    // List units: Kling's price page of 2026-09-20.
    internal static readonly VideoModel[] All =
    [
        new("kling-v1", ModelRoutes.TextAndImage, Both, TailModes: Both)
        {
            TakesCfgScale = true,
            IsExtendable = true,
            IsRetired = true,
        },
        new("kling-v1-5", ModelRoutes.Image, Both, TailModes: Pro)
        {
            Disputed = ModelRoutes.Text,
            TakesCfgScale = true,
            IsExtendable = true,
            IsRetired = true,
            RetiredOn = RetiredIn2026,
        },
        new("kling-v1-6", ModelRoutes.TextAndImage | ModelRoutes.MultiImage, Both, TailModes: Pro)
        {
            TakesCfgScale = true,
            IsExtendable = true,
            IsRetired = true,
            RetiredOn = RetiredIn2026,
        },
        new("kling-v2-master", ModelRoutes.TextAndImage, None, TailModes: None) { IsRetired = true },
        new("kling-v2-1", ModelRoutes.Image, Both, TailModes: Pro) { IsRetired = true, RetiredOn = RetiredIn2026 },
        new("kling-v2-1-master", ModelRoutes.TextAndImage, None, TailModes: None)
        {
            IsRetired = true,
            RetiredOn = RetiredIn2026,
        },
        new("kling-v2-5-turbo", ModelRoutes.TextAndImage, Both, TailModes: Pro)
        {
            ListUnits = [("std", 0.3m), ("pro", 0.5m)],
        },
        new("kling-v2-6", ModelRoutes.TextAndImage | ModelRoutes.Motion, Both, TailModes: Pro)
        {
            SoundModes = Pro,
            DoubtfulMode = "std",
            MostVoices = 2,
            ListUnits = [("std", 0.3m), ("pro", 0.5m), ("pro audio", 1.0m), ("pro voice", 1.2m)],
        },
        new(
            "kling-v3",
            ModelRoutes.TextAndImage | ModelRoutes.Motion, UpTo4K, TailModes: UpTo4K, 3, 15, AnySecond: true)
        {
            SoundModes = UpTo4K,
            TakesShots = true,
            MostElements = 3,
            MostVoices = 2,
            TakesCfgScale = true,
            ListUnits =
            [
                ("std", 0.6m), ("pro", 0.8m), ("4k", 3m), ("std audio", 0.9m), ("pro audio", 1.2m), ("4k audio", 3m),
            ],
        },
        new("kling-v3-omni", ModelRoutes.Omni, UpTo4K, TailModes: UpTo4K, 3, 15, AnySecond: true)
        {
            SoundModes = UpTo4K,
            TakesShots = true,
            MostElements = 7,
            ReferenceVideo = (3, 15.5),
            ListUnits =
            [
                ("std", 0.6m), ("pro", 0.8m), ("4k", 3m), ("std audio", 0.8m), ("pro audio", 1.0m), ("4k audio", 3m),
                ("std video", 0.9m), ("pro video", 1.2m), ("4k video", 3m),
            ],
        },
        new("kling-video-o1", ModelRoutes.Omni, Both, TailModes: Both, 3, 10, AnySecond: true)
        {
            MostElements = 7,
            ReferenceVideo = (3, 10),
            ListUnits = [("std", 0.6m), ("pro", 0.8m), ("std video", 0.9m), ("pro video", 1.2m)],
        },
        new("kling-3.0-turbo", ModelRoutes.None, Both, TailModes: None, 3, 15, AnySecond: true)
        {
            Disputed = ModelRoutes.TextAndImage,
            SoundModes = Both,
            ListUnits = [("std audio", 0.8m), ("pro audio", 1.0m)],
        },
        new("kling-4.0", ModelRoutes.None, Both, TailModes: Both, MinSeconds: 3, MaxSeconds: 30, AnySecond: true)
        {
            Disputed = ModelRoutes.TextAndImage | ModelRoutes.Omni,
            SoundModes = Both,
            ReferenceVideo = (3, 30),
            IsUnproven = true,
        },
        new("kling-4.0-flash", ModelRoutes.None, ["std"], TailModes: None, 3, 20, AnySecond: true)
        {
            Disputed = ModelRoutes.TextAndImage | ModelRoutes.Omni,
            SoundModes = ["std"],
            ReferenceVideo = (3, 20),
            IsUnproven = true,
        },
    ];

    internal static readonly string[] AspectRatios = ["16:9", "9:16", "1:1"];

    // Older pages of the gateway list these too.
    internal static readonly string[] DisputedAspectRatios = ["4:3", "3:4", "3:2", "2:3"];

    /// <summary>By its name in any case; null is the service's default.</summary>
    internal static VideoModel? Find(string? name) =>
        Array.Find(All, model => model.Name.Equals(name ?? Default, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name as the service, which knows no other case, spells it; one we do not know as it is.</summary>
    internal static string? InServiceSpelling(string? model) => model is null ? null : Find(model)?.Name ?? model;

    /// <returns>The known model whose name is one slip away, else null. Another digit is another model.</returns>
    internal static string? Similar(string model)
    {
        string name = model.ToLowerInvariant().Replace('.', '-').Replace('_', '-');
        return Array.Find(All, known => Digits(known.Name) == Digits(name) && IsOneSlip(known.Name, name))?.Name;
    }

    private static string Digits(string name) => string.Concat(name.Where(char.IsDigit));

    // Equal but for one character more, less or other.
    private static bool IsOneSlip(string a, string b)
    {
        int start = 0;
        while (start < Math.Min(a.Length, b.Length) && a[start] == b[start])
        {
            start++;
        }

        int end = 0;
        while (end < Math.Min(a.Length, b.Length) - start && a[a.Length - 1 - end] == b[b.Length - 1 - end])
        {
            end++;
        }

        return Math.Max(a.Length, b.Length) - start - end <= 1;
    }

    /// <inheritdoc cref="InServiceSpelling"/>
    internal static string? ModeInServiceSpelling(string? mode) =>
        All.SelectMany(model => model.Modes).FirstOrDefault(
            known => known.Equals(mode, StringComparison.OrdinalIgnoreCase)) ?? mode;
}
