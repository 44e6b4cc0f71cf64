using System.Buffers.Binary;
using System.Text;
using System.Xml.Linq;

namespace KlingPS.Tests.Packing;

/// <summary>The package, as the build of these tests made it.</summary>
public sealed class PackageTests
{
    private static readonly string[] OfThePackageItself =
        ["KlingPS.nuspec", "[Content_Types].xml", "_rels/.rels", "package/services/metadata/core-properties/properties.psmdcp"];

    [Fact]
    public void The_package_holds_the_listed_files_and_no_others() => Assert.Equal(
        Packed.Listed.Concat(OfThePackageItself).Order(StringComparer.Ordinal),
        Packed.Entries().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void The_folder_that_is_tested_is_the_one_that_is_packed()
    {
        Dictionary<string, byte[]> entries = Packed.Entries();
        string[] staged = [.. Directory.GetFiles(Packed.Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Packed.Folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(Packed.Listed, staged);
        Assert.All(staged, path => Assert.Equal(File.ReadAllBytes(Path.Combine(Packed.Folder, path)), entries[path]));
    }

    [Fact]
    public void The_committed_files_are_packed_as_they_are() => Assert.All(
        new[] { "LICENSE", "README.md", "module/KlingPS.Format.ps1xml", "module/icon.png" },
        path => Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Root, path)), File.ReadAllBytes(Path.Combine(Packed.Folder, path))));

    [Fact]
    public void Nothing_of_third_parties_ships_for_PowerShell_7() => Assert.Equal(
        ["module/bin/Core/KlingPS.Core.dll", "module/bin/Core/KlingPS.Sandbox.dll"],
        Packed.Listed.Where(path => path.StartsWith("module/bin/Core/", StringComparison.Ordinal)));

    [Fact]
    public void Every_assembly_of_others_is_in_the_notices()
    {
        string notices = File.ReadAllText(Path.Combine(Packed.Folder, "module/THIRD-PARTY-NOTICES.txt"));
        string[] others = [.. Packed.Listed.Where(path => path.EndsWith(".dll", StringComparison.Ordinal)).Select(path => Path.GetFileName(path)!).Where(name => !name.StartsWith("KlingPS", StringComparison.Ordinal))];
        Assert.NotEmpty(others);
        Assert.All(others, name => Assert.Contains($"    {name}\n", notices, StringComparison.Ordinal));
    }

    [Fact]
    public void The_icon_is_a_PNG_of_85_by_85_where_the_manifest_says()
    {
        byte[] icon = File.ReadAllBytes(Path.Combine(Packed.Folder, "module/icon.png"));
        Assert.Equal("\x89PNG\r\n\x1a\n", Encoding.Latin1.GetString(icon, 0, 8));
        Assert.Equal("IHDR", Encoding.Latin1.GetString(icon, 12, 4));
        Assert.Equal(85, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)));
        Assert.Equal(85, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)));
        Assert.EndsWith("/main/module/icon.png", Packed.Manifest.IconUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_extension_has_a_content_type()
    {
        Dictionary<string, byte[]> entries = Packed.Entries();
        XElement types = XElement.Parse(Encoding.UTF8.GetString(entries["[Content_Types].xml"]));
        HashSet<string> known = [.. types.Elements().Select(type => (string?)type.Attribute("PartName") ?? $".{(string?)type.Attribute("Extension")}")];
        Assert.All(
            entries.Keys.Where(path => path != "[Content_Types].xml"),
            path => Assert.Contains(Path.HasExtension(path) ? Path.GetExtension(path) : $"/{path}", known));
    }
}
