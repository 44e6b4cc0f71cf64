using KlingPS.Requests;

namespace KlingPS;

/// <summary>What is known of one model. A gateway may offer less, and what it costs only the provider says.</summary>
public sealed class KlingModel
{
    internal KlingModel(VideoModel model)
    {
        Name = model.Name;
        Makes =
        [
            .. new[]
            {
                (ModelRoutes.Text, KlingTaskKind.TextToVideo),
                (ModelRoutes.Image, KlingTaskKind.ImageToVideo),
                (ModelRoutes.MultiImage, KlingTaskKind.MultiImageToVideo),
                (ModelRoutes.Omni, KlingTaskKind.OmniVideo),
                (ModelRoutes.Motion, KlingTaskKind.MotionControl),
            }.Where(made => model.Routes.HasFlag(made.Item1)).Select(made => $"{made.Item2}"),
        ];
        Durations =
            [.. Enumerable.Range(model.MinSeconds, model.MaxSeconds - model.MinSeconds + 1).Where(model.Takes)];
        Modes = [.. model.Modes];
        LastFrameModes = [.. model.TailModes];
        AudioModes = [.. model.SoundModes];
        TakesShots = model.TakesShots;
        MaxElements = model.MostElements;
        MaxVoices = model.MostVoices;
        if (model.ReferenceVideo is { } range)
        {
            ReferenceVideoSec = [range.Min, range.Max];
        }

        TakesCfgScale = model.TakesCfgScale;
        IsExtendable = model.IsExtendable;
        IsRetired = model.IsRetired;
        RetiredOn = model.RetiredOn;
        IsDocumented = !model.IsUnproven;
        ListUnitsPerSec = model.ListUnits.ToDictionary(row => row.What, row => row.Units);
    }

    /// <summary>The name, for -Model.</summary>
    public string Name { get; }

    /// <summary>What it makes, as names of KlingTaskKind; where sources disagree, the kind is left out.</summary>
    public string[] Makes { get; }

    /// <summary>How long its videos may be, in seconds.</summary>
    public int[] Durations { get; }

    /// <summary>Its modes, for -Mode; empty for a model without modes.</summary>
    public string[] Modes { get; }

    /// <summary>The modes in which it takes a last frame, -ImageTail; empty for none.</summary>
    public string[] LastFrameModes { get; }

    /// <summary>The modes in which it makes sound, -Audio; empty for none.</summary>
    public string[] AudioModes { get; }

    /// <summary>Whether it takes -Shot and -MultiShot.</summary>
    public bool TakesShots { get; }

    /// <summary>How many elements it takes at most.</summary>
    public int MaxElements { get; }

    /// <summary>How many voices it takes at most.</summary>
    public int MaxVoices { get; }

    /// <summary>The shortest and the longest -ReferenceVideo, in seconds; empty where it takes none.</summary>
    public double[] ReferenceVideoSec { get; } = [];

    /// <summary>Whether it takes -CfgScale.</summary>
    public bool TakesCfgScale { get; }

    /// <summary>Whether New-KlingExtension can extend its videos.</summary>
    public bool IsExtendable { get; }

    /// <summary>Whether Kling itself has ended it; a gateway may still offer it.</summary>
    public bool IsRetired { get; }

    /// <summary>The day on which Kling ended it; null while it lives, or where the day is not known.</summary>
    public DateTime? RetiredOn { get; }

    /// <summary>False for a model known by announcements only: what it takes may differ.</summary>
    public bool IsDocumented { get; }

    /// <summary>
    /// Units of Kling's price list for a second, by mode and by what is added to it, such as 'pro audio'. Not what you
    /// pay: that only your account says. Empty where no list has it.
    /// </summary>
    public IReadOnlyDictionary<string, decimal> ListUnitsPerSec { get; }

    /// <summary>The name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
