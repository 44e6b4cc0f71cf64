using System.Text.RegularExpressions;

namespace KlingPS.Tests.Packing;

/// <summary>The package, as the build of these tests made it.</summary>
public sealed class PackageTests
{
    [Fact]
    public void The_package_holds_the_listed_files_and_no_others() => Assert.Equal(
        Packed.Listed,
        Packed.Entries().Keys
            .Where(path => !Regex.IsMatch(path, @"^(KlingPS\.nuspec|\[Content_Types\]\.xml|_rels/\.rels|package/.*\.psmdcp)$"))
            .Order(StringComparer.Ordinal));

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
}
