namespace KlingPS.Sandbox;

/// <summary>What a path asks for: the tasks of a kind, or one task of it.</summary>
/// <param name="Kind">The kind whose route this is.</param>
/// <param name="TaskId">The last segment of a query; null on the route itself.</param>
internal sealed record TaskRoute(KlingTaskKind Kind, string? TaskId)
{
    /// <summary>The route at the end of the path, whatever prefix a gateway puts before it.</summary>
    internal static TaskRoute? Find(string path)
    {
        if (KindOf(path) is { } kind)
        {
            return new TaskRoute(kind, null);
        }

        int slash = path.LastIndexOf('/');
        string id = Uri.UnescapeDataString(path.Substring(slash + 1));
        return slash > 0 && id.Length > 0 && KindOf(path.Substring(0, slash)) is { } parent
            ? new TaskRoute(parent, id)
            : null;
    }

    private static KlingTaskKind? KindOf(string path)
    {
        foreach ((KlingTaskKind kind, string route) in TaskKinds.All)
        {
            if (path.EndsWith("/" + route, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return null;
    }
}
