using KlingPS.Requests;

namespace KlingPS;

/// <summary>What is known of one model. A gateway may offer less, and what it costs only the provider says.</summary>
public sealed class KlingModel
{
    internal KlingModel(VideoModel model)
    {
        Name = model.Name;
        Makes = model.FromText == true
            ? [nameof(KlingTaskKind.TextToVideo), nameof(KlingTaskKind.ImageToVideo)]
            : [nameof(KlingTaskKind.ImageToVideo)];
        Durations =
            [.. Enumerable.Range(model.MinSeconds, model.MaxSeconds - model.MinSeconds + 1).Where(model.Takes)];
        Modes = [.. model.Modes];
        LastFrameModes = [.. model.TailModes];
        TakesCfgScale = model.TakesCfgScale;
        IsExtendable = model.IsExtendable;
        IsRetired = model.IsRetired;
        RetiredOn = model.RetiredOn;
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

    /// <summary>Whether it takes -CfgScale.</summary>
    public bool TakesCfgScale { get; }

    /// <summary>Whether New-KlingExtension can extend its videos.</summary>
    public bool IsExtendable { get; }

    /// <summary>Whether Kling itself has ended it; a gateway may still offer it.</summary>
    public bool IsRetired { get; }

    /// <summary>The day on which Kling ended it; null while it lives, or where the day is not known.</summary>
    public DateTime? RetiredOn { get; }

    /// <summary>The name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
