namespace KlingPS.Core.Tests.Project;

/// <summary>The files of the checkout the tests were built from.</summary>
internal static class Checkout
{
    // What a build or a run puts there.
    private static readonly string[] Made = ["artifacts", "bin", "obj", "out", "TestResults", ".git"];

    internal static string Root { get; } = Find();

    internal static string Path(string file) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, file));

    internal static string Read(string file) => File.ReadAllText(Path(file)).ReplaceLineEndings("\n");

    internal static bool Has(string path) => File.Exists(Path(path)) || Directory.Exists(Path(path));

    /// <summary>The files of these endings, by their path from the root.</summary>
    internal static string[] Files(params string[] endings) =>
    [
        .. In(new DirectoryInfo(Root))
            .Where(file => endings.Contains(file.Extension))
            .Select(file => System.IO.Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<FileInfo> In(DirectoryInfo folder) => folder.EnumerateFiles().Concat(
        folder.EnumerateDirectories().Where(child => !Made.Contains(child.Name)).SelectMany(In));

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "KlingPS.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
