using System.IO.Compression;
using System.Text.RegularExpressions;

namespace KlingPS.Tests.Packing;

/// <summary>What the build of these tests packed.</summary>
internal static class Packed
{
    internal static string[] Listed { get; } = File.ReadAllLines(Path.Combine(Repository.Root, "module/files.txt"));

    internal static string Version { get; } = Value("ModuleVersion");

    internal static string ProjectUri { get; } = Value("ProjectUri");

    /// <summary>The module folder.</summary>
    internal static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "KlingPS", Version);

    internal static string Package { get; } = Path.Combine(Repository.Root, "artifacts", $"KlingPS.{Version}.nupkg");

    /// <summary>The package's files by their paths.</summary>
    internal static Dictionary<string, byte[]> Entries()
    {
        using ZipArchive zip = ZipFile.OpenRead(Package);
        return zip.Entries.ToDictionary(entry => entry.FullName, Content);
    }

    /// <summary>The assemblies of this project, for both editions.</summary>
    internal static IEnumerable<TheoryDataRow<string>> OwnAssemblies() =>
        from path in Listed
        where path.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(path).StartsWith("KlingPS", StringComparison.Ordinal)
        select new TheoryDataRow<string>(path);

    private static string Value(string name) =>
        Regex.Match(File.ReadAllText(Repository.Manifest), $@"{name}\s*=\s*'([^']+)'").Groups[1].Value;

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
