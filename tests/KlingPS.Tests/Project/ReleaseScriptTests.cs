using System.IO.Compression;
using System.Management.Automation.Runspaces;
using System.Security.Cryptography;
using KlingPS.Tests.Packing;

namespace KlingPS.Tests.Project;

/// <summary>A release has one version everywhere, and its jobs take exactly the package that was built.</summary>
public sealed class ReleaseScriptTests : IDisposable
{
    private const string Changelog = """
        # Changelog

        Words.

        ## 1.2.3 - 2026-12-01

        ### Added
        - A thing.

        ## 1.2.2 - 2026-11-01

        ### Fixed
        - Another.

        """;

    private readonly TempFolder _folder = new();

    private string Notes => _folder.File("notes.md");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Where_tag_manifest_and_changelog_agree_the_notes_are_the_section_of_the_version()
    {
        Assert.Null(Check("v1.2.3", Changelog));
        Assert.Equal("### Added\n- A thing.\n", File.ReadAllText(Notes).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_label_belongs_to_the_version()
    {
        string labelled = Changelog.Replace("1.2.3", "1.2.3-rc1", StringComparison.Ordinal);

        Assert.Null(Check("v1.2.3-rc1", labelled, "rc1"));
        Assert.NotNull(Check("v1.2.3", labelled, "rc1"));
    }

    [Theory]
    [InlineData("v1.2.4")]
    [InlineData("1.2.3")]
    [InlineData("V1.2.3")]
    [InlineData("v1.2.3.0")]
    public void Another_tag_is_refused(string tag)
    {
        Assert.StartsWith($"The tag is {tag}, the version of KlingPS.psd1 is 1.2.3.", Check(tag, Changelog));
        Assert.False(File.Exists(Notes));
    }

    [Theory]
    [InlineData("1.2.3 - 2026-12-01", "Unreleased")]
    [InlineData("1.2.3 - 2026-12-01", "1.2.2 - 2026-12-01")]
    [InlineData("1.2.3 - 2026-12-01", "1.2.3")]
    [InlineData("1.2.3 - 2026-12-01", "1.2.3 - soon")]
    [InlineData("1.2.3 - 2026-12-01", "1a2.3 - 2026-12-01")]
    [InlineData("### Added\n- A thing.\n", "")]
    public void A_changelog_that_begins_with_something_else_or_with_nothing_is_refused(string instead, string text) =>
        Assert.Contains(
            "CHANGELOG.md",
            Check("v1.2.3", Changelog.ReplaceLineEndings("\n").Replace(instead, text, StringComparison.Ordinal)));

    [Fact]
    public void The_package_gives_the_folder_it_was_made_of()
    {
        string package = Packed.Package;
        File.Copy(package, _folder.File(Path.GetFileName(package)));

        Assert.Null(Unpack(Hash(package)));
        string target = Path.Combine(_folder.Path, "KlingPS", Packed.Version);
        Assert.Equal(Packed.Listed, Files(target));
        Assert.All(
            Packed.Listed,
            path => Assert.Equal(
                File.ReadAllBytes(Path.Combine(Packed.Folder, path)), File.ReadAllBytes(Path.Combine(target, path))));
    }

    [Fact]
    public void A_package_of_other_bytes_is_refused_and_nothing_of_it_is_unpacked()
    {
        string package = Make("KlingPS.1.2.3.nupkg", "KlingPS.psd1");
        string hash = Hash(package);
        using (FileStream file = File.OpenWrite(package))
        {
            file.Position = file.Length - 1;
            file.WriteByte(1);
        }

        Assert.Contains("It is not what was built", Unpack(hash));
        Assert.Equal(["KlingPS.1.2.3.nupkg"], Files(_folder.Path));
    }

    [Fact]
    public void A_label_is_no_part_of_the_folder()
    {
        string package = Make("KlingPS.1.2.3-rc1.nupkg", "KlingPS.psd1");

        Assert.Null(Unpack(Hash(package)));
        Assert.Equal(["KlingPS.1.2.3-rc1.nupkg", "KlingPS/1.2.3/KlingPS.psd1"], Files(_folder.Path));
    }

    [Theory]
    [InlineData("../../outside.txt")]
    [InlineData("../1.2.3x/outside.txt")]
    public void A_file_outside_the_folder_is_refused(string entry)
    {
        string package = Make("KlingPS.1.2.3.nupkg", entry);

        Assert.Contains("outside its folder", Unpack(Hash(package)));
        Assert.Equal(["KlingPS.1.2.3.nupkg"], Files(_folder.Path));
    }

    [Fact]
    public void No_package_two_packages_and_an_unpacked_one_are_refused()
    {
        Assert.Contains("There are 0 packages", Unpack("00"));
        string hash = Hash(Make("KlingPS.1.2.3.nupkg", "a"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "KlingPS", "1.2.3"));
        Assert.Contains("Use a fresh checkout", Unpack(hash));
        Make("KlingPS.1.2.4.nupkg", "a");
        Assert.Contains("There are 2 packages", Unpack(hash));
    }

    private string? Check(string tag, string changelog, string? label = null)
    {
        string prerelease = label is null ? "" : $"Prerelease = '{label}'";
        File.WriteAllText(
            _folder.File("KlingPS.psd1"), $"@{{\n    ModuleVersion     = '1.2.3'\n    {prerelease}\n}}\n");
        File.WriteAllText(_folder.File("CHANGELOG.md"), changelog);
        return Run("check-release.ps1", ("Tag", tag), ("NotesPath", Notes), ("Root", _folder.Path));
    }

    private string Make(string name, string entry)
    {
        string file = _folder.File(name);
        using ZipArchive zip = ZipFile.Open(file, ZipArchiveMode.Create);
        zip.CreateEntry(entry);
        return file;
    }

    private string? Unpack(string hash) => Run("unpack.ps1", ("Sha256", hash), ("Folder", _folder.Path));

    // The error the script ends with, or null.
    private static string? Run(string name, params (string Name, string Value)[] parameters)
    {
        using PowerShell shell = PowerShell.Create(InitialSessionState.CreateDefault2());
        shell.AddScript(Repository.Read($".github/scripts/{name}"));
        Array.ForEach(parameters, parameter => shell.AddParameter(parameter.Name, parameter.Value));
        try
        {
            shell.Invoke();
            return null;
        }
        catch (RuntimeException e)
        {
            return e.Message;
        }
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static string[] Files(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];
}
