namespace KlingPS.Packer;

/// <summary>The files of the module, as the committed list names them.</summary>
internal sealed class ShippedFiles
{
    private readonly Layout _layout;
    private readonly HashSet<string> _built;

    private ShippedFiles(Layout layout, IReadOnlyList<string> paths, HashSet<string> built)
    {
        _layout = layout;
        Paths = paths;
        _built = built;
    }

    /// <summary>The paths in the module folder, with slashes, in the order of their characters' codes.</summary>
    internal IReadOnlyList<string> Paths { get; }

    /// <exception cref="PackException">The list and what was built disagree, or a committed file is missing.</exception>
    internal static ShippedFiles Read(Layout layout)
    {
        string[] paths = [.. File.ReadAllLines(layout.List).Where(line => line.Length > 0)];
        if (!paths.SequenceEqual(paths.Distinct().Order(StringComparer.Ordinal)))
        {
            throw new PackException(layout.List, "The lines are not sorted, or one is there twice. Sort them by the codes of their characters.");
        }

        HashSet<string> built = Built(layout.Built);
        if (built.FirstOrDefault(path => !paths.Contains(path)) is { } unlisted)
        {
            throw new PackException(layout.List, $"The build made {unlisted}, which is not listed. Add it if it is to ship, else keep it from artifacts/build.");
        }

        ShippedFiles files = new(layout, paths, built);
        if (paths.FirstOrDefault(path => !File.Exists(files.Source(path))) is { } missing)
        {
            throw new PackException(layout.List, $"{missing} is listed, but neither built nor committed. Remove it if it is not to ship any more.");
        }

        return files;
    }

    /// <summary>Where the file is taken from.</summary>
    internal string Source(string path) => Path.Combine(IsBuilt(path) ? _layout.Built : _layout.Root, path);

    // The checkout has a build of its own at the same paths: what the build makes never comes from there.
    private bool IsBuilt(string path) => _built.Contains(path) || IsBuiltFolder(path);

    private static bool IsBuiltFolder(string path) =>
        path.StartsWith("module/bin/", StringComparison.Ordinal) || path.StartsWith("en-US/", StringComparison.Ordinal);

    private static HashSet<string> Built(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))]
        : [];
}
