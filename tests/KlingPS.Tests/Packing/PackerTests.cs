using System.IO.Compression;
using KlingPS.Packer;

namespace KlingPS.Tests.Packing;

/// <summary>The packer on a module of a few files.</summary>
public sealed class PackerTests : IDisposable
{
    private const string Manifest = """
        @{
            RootModule      = 'module/bin/Core/Tiny.dll'
            ModuleVersion   = '1.2.3'
            Author          = 'An author'
            CompanyName     = 'A company'
            Copyright       = 'Nobody''s'
            Description     = 'Tiny & small'
            CmdletsToExport = @('Get-Tiny')
            PrivateData     = @{
                PSData = @{
                    Tags         = @('one', 'two')
                    LicenseUri   = 'https://example.com/licence'
                    ProjectUri   = 'https://example.com'
                    IconUri      = 'https://example.com/icon.png'
                    ReleaseNotes = 'https://example.com/notes'
                }
            }
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly Layout _layout;

    public PackerTests()
    {
        _layout = new Layout(_folder.Path);
        Write("KlingPS.psd1", Manifest);
        Write("CHANGELOG.md", "# Changelog\n\nWords.\n\n## 1.2.3\n\n- What's “new”, it’s $this & `that`.\n\n## 1.2.2\n- Old.\n");
        Write("module/files.txt", "KlingPS.psd1\nLICENSE\nen-US/about.help.txt\nmodule/bin/Core/Tiny.dll\n");
        Write("LICENSE", "Yours.");
        Write("artifacts/build/en-US/about.help.txt", "Help.");
        Write("artifacts/build/module/bin/Core/Tiny.dll", "The packed one.");
        Write("module/bin/Core/Tiny.dll", "That of the checkout.");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_built_comes_from_the_build_that_is_packed()
    {
        Pack();
        Assert.Equal("The packed one.", File.ReadAllText(Staged("module/bin/Core/Tiny.dll")));
    }

    [Theory]
    [InlineData("module/bin/Core/Tiny.dll")]
    [InlineData("en-US/about.help.txt")]
    [InlineData("LICENSE")]
    public void A_listed_file_that_is_missing_is_an_error_that_names_it(string path)
    {
        File.Delete(_folder.File(path.Contains('/', StringComparison.Ordinal) ? $"artifacts/build/{path}" : path));
        Assert.StartsWith($"{path} is listed, but neither built nor committed.", Assert.Throws<PackException>(Pack).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_built_file_that_is_not_listed_is_an_error_that_names_it()
    {
        Write("artifacts/build/module/bin/Core/New.dll", "new");
        Assert.StartsWith("The build made module/bin/Core/New.dll, which is not listed.", Assert.Throws<PackException>(Pack).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LICENSE\nKlingPS.psd1\nen-US/about.help.txt\nmodule/bin/Core/Tiny.dll\n")]
    [InlineData("KlingPS.psd1\nLICENSE\nLICENSE\nen-US/about.help.txt\nmodule/bin/Core/Tiny.dll\n")]
    public void A_list_in_disorder_is_an_error(string list)
    {
        Write("module/files.txt", list);
        Assert.StartsWith("The lines are not sorted", Assert.Throws<PackException>(Pack).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ships_no_more_leaves_the_folder()
    {
        Pack();
        Write("module/files.txt", "KlingPS.psd1\nen-US/about.help.txt\nmodule/bin/Core/Tiny.dll\n");
        Pack();
        Assert.False(File.Exists(Staged("LICENSE")));
        Assert.True(File.Exists(Staged("KlingPS.psd1")));
    }

    [Fact]
    public void The_bytes_depend_on_the_content_only()
    {
        byte[] first = File.ReadAllBytes(Pack());
        Directory.Delete(_folder.File("artifacts/KlingPS"), recursive: true);
        foreach (string file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        Assert.Equal(first, File.ReadAllBytes(Pack()));
        // Within a test the time of day hardly changes.
        using ZipArchive zip = ZipFile.OpenRead(Pack());
        Assert.All(zip.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
    }

    [Fact]
    public void Other_content_makes_another_package()
    {
        byte[] first = File.ReadAllBytes(Pack());
        Write("LICENSE", "Ours.");
        Assert.NotEqual(first, File.ReadAllBytes(Pack()));
    }

    [Fact]
    public void Notes_with_quotes_of_all_kinds_stay_text()
    {
        Pack();
        string packed = File.ReadAllText(Staged("KlingPS.psd1"));
        Assert.Contains("ReleaseNotes = '- What''s “new”, it’’s $this & `that`.'\n", packed, StringComparison.Ordinal);
        Assert.Equal("1.2.3", ModuleManifest.Read(Staged("KlingPS.psd1")).Version);
        // Windows PowerShell takes a manifest without this for one in the code page of the machine.
        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(Staged("KlingPS.psd1"))[..3]);
    }

    [Theory]
    [InlineData("# Changelog\n\nNothing yet.\n")]
    [InlineData("# Changelog\n\n## Unreleased\n\n## 1.2.2\n- Old.\n")]
    public void A_changelog_without_notes_for_this_version_is_an_error(string changelog)
    {
        Write("CHANGELOG.md", changelog);
        Assert.Contains("release notes", Assert.Throws<PackException>(Pack).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Author ", "It has no Author.")]
    [InlineData("IconUri ", "It has no IconUri.")]
    [InlineData("ReleaseNotes ", "PSData has no ReleaseNotes to replace.")]
    public void A_manifest_that_lacks_what_a_gallery_needs_is_an_error(string name, string message)
    {
        Write("KlingPS.psd1", string.Join('\n', Manifest.Split('\n').Where(line => !line.TrimStart().StartsWith(name, StringComparison.Ordinal))));
        Assert.Equal(message, Assert.Throws<PackException>(Pack).Message);
    }

    [Fact]
    public void A_prerelease_label_is_in_the_version_of_the_package_and_not_of_the_folder()
    {
        Write("KlingPS.psd1", Manifest.Replace("Tags   ", "Prerelease = 'beta1'\nTags   ", StringComparison.Ordinal));
        Assert.Equal("KlingPS.1.2.3-beta1.nupkg", Path.GetFileName(Pack()));
        Assert.True(File.Exists(Staged("KlingPS.psd1")));
    }

    private string Pack() => ModulePackage.Make(_layout).Package;

    private string Staged(string path) => _folder.File($"artifacts/KlingPS/1.2.3/{path}");

    private void Write(string path, string text)
    {
        string file = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
