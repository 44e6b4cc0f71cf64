namespace KlingPS;

/// <summary>What a task makes. Each kind has its own route at the service; see <c>TaskKinds</c>.</summary>
public enum KlingTaskKind
{
    /// <summary>4 to 5 seconds more of a finished video.</summary>
    VideoExtension = 0,

    /// <summary>A video from a prompt.</summary>
    TextToVideo = 1,

    /// <summary>A video from a first (and a last) frame.</summary>
    ImageToVideo = 2,

    /// <summary>A video from several reference images.</summary>
    MultiImageToVideo = 3,

    /// <summary>A video from prompt, images and videos together.</summary>
    OmniVideo = 4,

    /// <summary>A ready-made effect on one or two images.</summary>
    Effects = 5,

    /// <summary>Lip-sync of a video (first generation).</summary>
    LipSync = 6,

    /// <summary>Lip-sync with a chosen face.</summary>
    AdvancedLipSync = 7,

    /// <summary>A talking figure from an image and a voice.</summary>
    Avatar = 8,

    /// <summary>Elements of a video replaced, added or deleted.</summary>
    MultiElements = 9,
}
