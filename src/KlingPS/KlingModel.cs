using KlingPS.Requests;

namespace KlingPS;

/// <summary>What is known of one model. A gateway may offer less, and what it costs only the provider says.</summary>
public sealed class KlingModel
{
    private readonly VideoModel _model;

    internal KlingModel(VideoModel model) => _model = model;

    /// <summary>The name, for -Model.</summary>
    public string Name => _model.Name;

    /// <summary>What it makes, as names of KlingTaskKind; where sources disagree, the kind is left out.</summary>
    public string[] Makes =>
    [
        .. new[]
        {
            (Route: ModelRoutes.Text, Kind: KlingTaskKind.TextToVideo),
            (Route: ModelRoutes.Image, Kind: KlingTaskKind.ImageToVideo),
            (Route: ModelRoutes.MultiImage, Kind: KlingTaskKind.MultiImageToVideo),
            (Route: ModelRoutes.Omni, Kind: KlingTaskKind.OmniVideo),
            (Route: ModelRoutes.Motion, Kind: KlingTaskKind.MotionControl),
        }.Where(row => _model.Routes.HasFlag(row.Route)).Select(row => $"{row.Kind}"),
    ];

    /// <summary>How long its videos may be, in seconds.</summary>
    public int[] Durations => [.. _model.Durations];

    /// <summary>Its modes, for -Mode; empty for a model without modes.</summary>
    public string[] Modes => [.. _model.Modes];

    /// <summary>The modes in which it takes a last frame, -ImageTail; empty for none.</summary>
    public string[] LastFrameModes => [.. _model.TailModes];

    /// <summary>The modes in which it makes sound, -Audio; empty for none.</summary>
    public string[] AudioModes => [.. _model.SoundModes];

    /// <summary>Whether it takes -Shot and -MultiShot.</summary>
    public bool TakesShots => _model.TakesShots;

    /// <summary>How many elements it takes at most.</summary>
    public int MaxElements => _model.MostElements;

    /// <summary>How many voices it takes at most.</summary>
    public int MaxVoices => _model.MostVoices;

    /// <summary>The shortest and the longest -ReferenceVideo, in seconds; empty where it takes none.</summary>
    public double[] ReferenceVideoSec =>
        _model.ReferenceVideo is { } range ? [range.Min, range.Max] : [];

    /// <summary>Whether it takes -CfgScale.</summary>
    public bool TakesCfgScale => _model.TakesCfgScale;

    /// <summary>Whether New-KlingExtension can extend its videos.</summary>
    public bool IsExtendable => _model.IsExtendable;

    /// <summary>Whether Kling itself has ended it; a gateway may still offer it.</summary>
    public bool IsRetired => _model.IsRetired;

    /// <summary>The day on which Kling ended it; null while it lives, or where the day is not known.</summary>
    public DateTime? RetiredOn => _model.RetiredOn;

    /// <summary>False for a model known by announcements only: what it takes may differ.</summary>
    public bool IsDocumented => !_model.IsUnproven;

    /// <summary>
    /// Units of Kling's price list for a second, by mode and by what is added to it, such as 'pro audio'. Not what you
    /// pay: that only your account says. Empty where no list has it.
    /// </summary>
    public IReadOnlyDictionary<string, decimal> ListUnitsPerSec =>
        _model.ListUnits.ToDictionary(row => row.What, row => row.Units);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
