namespace KlingPS.Tests.Project;

/// <summary>A release begins only when tag, manifest and changelog name the same version.</summary>
public sealed class CheckReleaseTests : IDisposable
{
    private const string Changelog = "# Changelog\n\nWords.\n\n## 1.2.3 - 2026-12-01\n\n### Added\n- A thing.\n\n## 1.2.2 - 2026-11-01\n\n### Fixed\n- Another.\n";

    private readonly TempFolder _folder = new();

    private string Notes => _folder.File("notes.md");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Where_all_agree_the_notes_are_what_the_changelog_says_of_the_version()
    {
        Assert.Null(Check("v1.2.3", Changelog));
        Assert.Equal("### Added\n- A thing.\n", File.ReadAllText(Notes));
    }

    [Fact]
    public void Lines_that_end_as_in_Windows_are_read_too()
    {
        Assert.Null(Check("v1.2.3", Changelog.ReplaceLineEndings("\r\n")));
        Assert.StartsWith("### Added", File.ReadAllText(Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_belongs_to_the_version()
    {
        string labelled = Changelog.Replace("1.2.3", "1.2.3-rc1", StringComparison.Ordinal);

        Assert.Null(Check("v1.2.3-rc1", labelled, "rc1"));
        Assert.Contains("The tag is v1.2.3,", Check("v1.2.3", labelled, "rc1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1.2.4")]
    [InlineData("1.2.3")]
    [InlineData("V1.2.3")]
    [InlineData("v1.2.3.0")]
    public void Another_tag_is_refused(string tag)
    {
        Assert.Equal($"The tag is {tag}, the version of KlingPS.psd1 is 1.2.3. Tag the commit whose manifest has the version.", Check(tag, Changelog));
        Assert.False(File.Exists(Notes));
    }

    [Theory]
    [InlineData("Unreleased")]
    [InlineData("1.2.2 - 2026-12-01")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3 - soon")]
    [InlineData("1a2.3 - 2026-12-01")]
    public void A_changelog_that_begins_with_something_else_is_refused(string heading) => Assert.Contains(
        $"is '{heading}', not '1.2.3 - <date>'",
        Check("v1.2.3", Changelog.Replace("1.2.3 - 2026-12-01", heading, StringComparison.Ordinal)),
        StringComparison.Ordinal);

    [Fact]
    public void A_version_that_changes_nothing_is_refused() => Assert.Contains(
        "says nothing of 1.2.3",
        Check("v1.2.3", Changelog.Replace("### Added\n- A thing.\n", "", StringComparison.Ordinal)),
        StringComparison.Ordinal);

    private string? Check(string tag, string changelog, string? label = null)
    {
        string prerelease = label is null ? "" : $"Prerelease = '{label}'";
        File.WriteAllText(_folder.File("KlingPS.psd1"), $"@{{\n    ModuleVersion     = '1.2.3'\n    {prerelease}\n}}\n");
        File.WriteAllText(_folder.File("CHANGELOG.md"), changelog);
        return ReleaseScript.Run("check-release.ps1", ("Tag", tag), ("NotesPath", Notes), ("Root", _folder.Path));
    }
}
