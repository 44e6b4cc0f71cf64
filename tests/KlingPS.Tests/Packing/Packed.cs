using System.IO.Compression;
using KlingPS.Packer;

namespace KlingPS.Tests.Packing;

/// <summary>What the build of these tests packed.</summary>
internal static class Packed
{
    private static readonly Layout Layout = new(Repository.Root);

    /// <summary>As it is committed.</summary>
    internal static ModuleManifest Manifest { get; } = ModuleManifest.Read(Repository.Manifest);

    internal static string[] Listed { get; } = File.ReadAllLines(Layout.List);

    /// <summary>The module folder.</summary>
    internal static string Folder { get; } = Layout.Staged(Manifest);

    /// <summary>The package's files by their paths.</summary>
    internal static Dictionary<string, byte[]> Entries()
    {
        using ZipArchive zip = ZipFile.OpenRead(Layout.Package(Manifest));
        return zip.Entries.ToDictionary(entry => entry.FullName, Content);
    }

    /// <summary>The assemblies of this project, for both editions.</summary>
    internal static IEnumerable<TheoryDataRow<string>> OwnAssemblies() =>
        from path in Listed
        where path.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(path).StartsWith("KlingPS", StringComparison.Ordinal)
        select new TheoryDataRow<string>(path);

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
