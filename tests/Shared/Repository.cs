namespace KlingPS.Shared;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    // What a build or a run puts there.
    private static readonly string[] Made = ["artifacts", "bin", "node_modules", "obj", "out", "TestResults", ".git"];

    internal static string Root { get; } = Find();

    /// <summary>The module as built.</summary>
    internal static string Manifest => PathOf("KlingPS.psd1");

    internal static string ModuleBin(string edition) => Path.Combine(Root, "module", "bin", edition);

    internal static string PathOf(string file) => Path.GetFullPath(Path.Combine(Root, file));

    internal static string Read(string file) => File.ReadAllText(PathOf(file)).ReplaceLineEndings("\n");

    internal static bool Has(string path) => Path.Exists(PathOf(path));

    /// <summary>The paths from the root of the files in a folder that end like this.</summary>
    internal static string[] Files(string folder, string ending) =>
    [
        .. In(new DirectoryInfo(PathOf(folder)))
            .Where(file => file.Extension == ending)
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<FileInfo> In(DirectoryInfo folder) => folder.EnumerateFiles().Concat(
        folder.EnumerateDirectories().Where(child => !Made.Contains(child.Name)).SelectMany(In));

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KlingPS.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("This runs outside the repository.");
    }
}
