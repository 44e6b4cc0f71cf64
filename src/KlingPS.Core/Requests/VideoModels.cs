namespace KlingPS.Requests;

/// <summary>What one model takes, from the service's capability map.</summary>
/// <param name="FromText">Whether it makes videos from text; null where sources disagree.</param>
/// <param name="Modes">The modes it takes; empty for a model without modes.</param>
/// <param name="TailModes">The modes in which it takes a last frame; empty for none.</param>
/// <param name="AnySecond">Whether every whole second between is taken, or only 5 and 10.</param>
/// <param name="IsRetired">Whether Kling itself has ended it; a gateway may still serve it.</param>
internal sealed record VideoModel(
    string Name,
    bool? FromText,
    string[] Modes,
    string[] TailModes,
    int MinSeconds = 5,
    int MaxSeconds = 10,
    bool AnySecond = false,
    bool TakesCfgScale = false,
    bool IsExtendable = false,
    bool IsRetired = false)
{
    /// <summary>The day on which Kling ended it; null where that is not known.</summary>
    internal DateTime? RetiredOn { get; init; }

    /// <summary>Whether a video may have so many seconds.</summary>
    internal bool Takes(int seconds) =>
        seconds >= MinSeconds && seconds <= MaxSeconds && (AnySecond || seconds % 5 == 0);
}

/// <summary>
/// The one table of models. A model that is not here is passed on unchecked: new ones come faster than releases.
/// </summary>
internal static class VideoModels
{
    internal const string Default = "kling-v1";

    private static readonly string[] Both = ["std", "pro"];
    private static readonly string[] Pro = ["pro"];
    private static readonly DateTime RetiredIn2026 = new(2026, 9, 15, 0, 0, 0, DateTimeKind.Unspecified);

    internal static readonly VideoModel[] All =
    [
        new("kling-v1", true, Both, TailModes: Both, TakesCfgScale: true, IsExtendable: true, IsRetired: true),
        new("kling-v1-5", null, Both, TailModes: Pro, TakesCfgScale: true, IsExtendable: true, IsRetired: true)
        {
            RetiredOn = RetiredIn2026,
        },
        new("kling-v1-6", true, Both, TailModes: Pro, TakesCfgScale: true, IsExtendable: true, IsRetired: true)
        {
            RetiredOn = RetiredIn2026,
        },
        new("kling-v2-master", FromText: true, [], TailModes: [], IsRetired: true),
        new("kling-v2-1", FromText: false, Both, TailModes: Pro, IsRetired: true) { RetiredOn = RetiredIn2026 },
        new("kling-v2-1-master", FromText: true, [], TailModes: [], IsRetired: true) { RetiredOn = RetiredIn2026 },
        new("kling-v2-5-turbo", FromText: true, Both, TailModes: Pro),
        // A live service refused mode std for it.
        new("kling-v2-6", FromText: true, Pro, TailModes: Pro),
        new(
            "kling-v3",
            FromText: true,
            ["std", "pro", "4k"],
            TailModes: Both,
            MinSeconds: 3,
            MaxSeconds: 15,
            AnySecond: true,
            TakesCfgScale: true),
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
