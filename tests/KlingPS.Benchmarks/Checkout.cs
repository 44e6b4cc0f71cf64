namespace KlingPS.Benchmarks;

/// <summary>Where the module is that was built.</summary>
internal static class Checkout
{
    internal static string Root { get; } = Find(AppContext.BaseDirectory) ?? Find(Environment.CurrentDirectory)
        ?? throw new InvalidOperationException("Run it in a checkout.");

    private static string? Find(string start)
    {
        DirectoryInfo? folder = new(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KlingPS.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
