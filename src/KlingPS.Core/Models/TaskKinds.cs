namespace KlingPS;

/// <summary>The one table of task kinds. Adding a kind is adding its name to the enum and its row here.</summary>
internal static class TaskKinds
{
    // Avatar has three segments below v1, so a route is a string, not a pair of words.
    private static readonly (KlingTaskKind Kind, string Route)[] Rows =
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
    ];

    internal static IEnumerable<(KlingTaskKind Kind, string Route)> All => Rows;

    /// <summary>The route below the base URI: POST here, GET here plus the task id.</summary>
    internal static string RouteOf(KlingTaskKind kind)
    {
        foreach ((KlingTaskKind row, string route) in Rows)
        {
            if (row == kind)
            {
                return route;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of task has no route.");
    }
}
