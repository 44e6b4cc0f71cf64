using System.IO.Compression;
using System.Security.Cryptography;
using KlingPS.Tests.Packing;

namespace KlingPS.Tests.Project;

/// <summary>What the jobs of a release test and publish is the package that was built, unpacked as an installation would.</summary>
public sealed class UnpackTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_package_gives_the_folder_it_was_made_of()
    {
        string package = Packed.Package;
        File.Copy(package, _folder.File(Path.GetFileName(package)));

        Assert.Null(Unpack(Hash(package)));
        string target = Path.Combine(_folder.Path, "KlingPS", Packed.Version);
        Assert.Equal(Packed.Listed, Files(target));
        Assert.All(Packed.Listed, path => Assert.Equal(File.ReadAllBytes(Path.Combine(Packed.Folder, path)), File.ReadAllBytes(Path.Combine(target, path))));
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

        Assert.Contains("It is not what was built", Unpack(hash), StringComparison.Ordinal);
        Assert.Equal(["KlingPS.1.2.3.nupkg"], Files(_folder.Path));
    }

    [Fact]
    public void Case_of_the_hash_does_not_matter_and_a_label_is_no_part_of_the_folder()
    {
        string package = Make("KlingPS.1.2.3-rc1.nupkg", "KlingPS.psd1");

        Assert.Null(Unpack(Hash(package).ToUpperInvariant()));
        Assert.Equal(["KlingPS.1.2.3-rc1.nupkg", "KlingPS/1.2.3/KlingPS.psd1"], Files(_folder.Path));
    }

    [Theory]
    [InlineData("../../outside.txt")]
    [InlineData("../1.2.3x/outside.txt")]
    public void A_file_outside_the_folder_is_refused(string entry)
    {
        string package = Make("KlingPS.1.2.3.nupkg", entry);

        Assert.Contains("outside its folder", Unpack(Hash(package)), StringComparison.Ordinal);
        Assert.Equal(["KlingPS.1.2.3.nupkg"], Files(_folder.Path));
    }

    [Fact]
    public void No_package_and_two_are_refused()
    {
        Assert.Contains("There are 0 packages", Unpack("00"), StringComparison.Ordinal);
        string hash = Hash(Make("KlingPS.1.2.3.nupkg", "a"));
        Make("KlingPS.1.2.4.nupkg", "a");
        Assert.Contains("There are 2 packages", Unpack(hash), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_already_there_is_not_mixed_with_it()
    {
        string hash = Hash(Make("KlingPS.1.2.3.nupkg", "a"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "KlingPS", "1.2.3"));

        Assert.Contains("Use a fresh checkout", Unpack(hash), StringComparison.Ordinal);
    }

    private string Make(string name, string entry)
    {
        string file = _folder.File(name);
        using ZipArchive zip = ZipFile.Open(file, ZipArchiveMode.Create);
        zip.CreateEntry(entry);
        return file;
    }

    private string? Unpack(string hash) => ReleaseScript.Run("unpack.ps1", ("Sha256", hash), ("Folder", _folder.Path));

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static string[] Files(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];
}
