namespace KlingPS.Tests;

/// <summary>Where things are in the checkout the tests were built from.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find();

    internal static string Manifest => Path.Combine(Root, "KlingPS.psd1");

    internal static string ModuleBin(string edition) => Path.Combine(Root, "module", "bin", edition);

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KlingPS.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
