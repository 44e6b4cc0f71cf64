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

    /// <summary>A figure from an image that moves as in a video.</summary>
    MotionControl = 10,
}

/// <summary>The one table of task kinds. Adding a kind is adding its name to the enum and its row here.</summary>
internal static class TaskKinds
{
    // Avatar has three segments below v1, so a route is a string, not a pair of words.
    internal static readonly (KlingTaskKind Kind, string Route)[] All =
    [
        (KlingTaskKind.VideoExtension, "v1/videos/video-extend"),
        (KlingTaskKind.TextToVideo, "v1/videos/text2video"),
        (KlingTaskKind.ImageToVideo, "v1/videos/image2video"),
        (KlingTaskKind.MultiImageToVideo, "v1/videos/multi-image2video"),
        (KlingTaskKind.OmniVideo, "v1/videos/omni-video"),
        (KlingTaskKind.Effects, "v1/videos/effects"),
        (KlingTaskKind.LipSync, "v1/videos/lip-sync"),
        (KlingTaskKind.AdvancedLipSync, "v1/videos/advanced-lip-sync"),
        (KlingTaskKind.Avatar, "v1/videos/avatar/image2video"),
        (KlingTaskKind.MultiElements, "v1/videos/multi-elements"),
        (KlingTaskKind.MotionControl, "v1/videos/motion-control"),
    ];

    /// <summary>
    /// The median duration before any task has been seen, where the pace of a wait starts from. All that is known is
    /// "minutes", with a median near 230 s; a wait corrects it by what it observes.
    /// </summary>
    internal static readonly TimeSpan Expected = TimeSpan.FromSeconds(230);

    /// <summary>The route below the base URI: POST here, GET here plus the task id.</summary>
    internal static string RouteOf(KlingTaskKind kind) => Array.Find(All, row => row.Kind == kind).Route
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "This task kind has no route.");
}
