using System.Collections;
using System.Diagnostics;
using System.IO.Compression;
using System.Management.Automation.Language;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KlingPS.Tests.Packing;

/// <summary>The package, as the build of these tests made it.</summary>
public sealed class PackageTests
{
    [Fact]
    public void The_package_holds_the_listed_files_and_no_others() => Assert.Equal(
        Packed.Listed,
        Packed.Entries().Keys
            .Where(path => !Regex.IsMatch(
                path, @"^(KlingPS\.nuspec|\[Content_Types\]\.xml|_rels/\.rels|package/.*\.psmdcp)$"))
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
        string[] others =
        [
            .. Packed.Listed.Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
                .Select(path => Path.GetFileName(path)!).Where(
                    name => !name.StartsWith("KlingPS", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(others);
        Assert.All(others, name => Assert.Contains($"    {name}\n", notices, StringComparison.Ordinal));
    }
}

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
        where path.EndsWith(".dll", StringComparison.Ordinal)
            && Path.GetFileName(path).StartsWith("KlingPS", StringComparison.Ordinal)
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

/// <summary>What the packed assemblies say of where and how they were built.</summary>
public sealed class AssemblyTests
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static IEnumerable<TheoryDataRow<string>> Own() => Packed.OwnAssemblies();

    [Theory]
    [MemberData(nameof(Own))]
    public void No_path_of_the_building_machine_is_in_an_assembly_or_its_symbols(string path)
    {
        using PEReader image = Open(path);
        using MetadataReaderProvider provider = Symbols(image);
        MetadataReader symbols = provider.GetMetadataReader();
        string[] documents = [.. symbols.Documents.Select(
            handle => symbols.GetString(symbols.GetDocument(handle).Name))];
        Assert.NotEmpty(documents);
        // The root of the checkout, and that of the NuGet packages.
        Assert.All(documents, document => Assert.Matches("^/_1?/", document));

        byte[] file = File.ReadAllBytes(Path.Combine(Packed.Folder, path));
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (string own in new[] { Repository.Root, home + Path.DirectorySeparatorChar })
        {
            Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(own)));
            Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.Unicode.GetBytes(own)));
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void The_symbols_say_where_the_source_of_the_commit_is(string path)
    {
        string? commit = FileVersionInfo.GetVersionInfo(Path.Combine(Packed.Folder, path)).ProductVersion!.Split('+')
            .ElementAtOrDefault(1);
        // Without git there is no commit to name.
        Assert.Equal(Path.Exists(Path.Combine(Repository.Root, ".git")), commit is not null);

        using PEReader image = Open(path);
        using MetadataReaderProvider provider = Symbols(image);
        MetadataReader symbols = provider.GetMetadataReader();
        byte[]? link = symbols.CustomDebugInformation.Select(symbols.GetCustomDebugInformation)
            .Where(information => symbols.GetGuid(information.Kind) == SourceLink)
            .Select(information => symbols.GetBlobBytes(information.Value))
            .SingleOrDefault();
        Assert.Equal(commit is not null, link is not null);
        if (link is not null)
        {
            JsonElement documents = JsonDocument.Parse(link).RootElement.GetProperty("documents");
            string home = new Uri(Packed.ProjectUri).AbsolutePath;
            Assert.Equal(
                $"https://raw.githubusercontent.com{home}/{commit}/*", documents.GetProperty("/_/*").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void It_is_the_optimized_build(string path)
    {
        using PEReader image = Open(path);
        MetadataReader metadata = image.GetMetadataReader();
        string[] attributes = [.. metadata.GetAssemblyDefinition().GetCustomAttributes().Select(
            metadata.GetCustomAttribute)
            .Where(attribute => Name(metadata, attribute) == nameof(DebuggableAttribute))
            .Select(attribute => Convert.ToHexString(metadata.GetBlobBytes(attribute.Value)))];
        // After the prolog, DebuggingModes.IgnoreSymbolStoreSequencePoints alone.
        Assert.Equal(["0100020000000000"], attributes);
    }

    private static string Name(MetadataReader metadata, CustomAttribute attribute)
    {
        MemberReference constructor = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor);
        return metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)constructor.Parent).Name);
    }

    private static PEReader Open(string path) =>
        new(new MemoryStream(File.ReadAllBytes(Path.Combine(Packed.Folder, path))));

    private static MetadataReaderProvider Symbols(PEReader image) => image.ReadEmbeddedPortablePdbDebugDirectoryData(
        image.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
}

/// <summary>The packed folder at work, in a process that knows no other KlingPS.</summary>
public sealed class PackedModuleTests
{
    [Fact]
    public async Task The_packed_module_runs_the_one_liner()
    {
        using TempFolder folder = new();
        string[] lines = await EngineProcess.RunAsync($$"""
            Import-Module {{EngineProcess.Quoted(Path.Combine(Packed.Folder, "KlingPS.psd1"))}}
            Connect-Kling -Sandbox -SandboxTaskSec 0
            New-KlingVideo -Prompt 'A quiet harbour at dawn' -Model kling-v1-6 |
                Wait-KlingTask | New-KlingExtension -Prompt 'The sun breaks through' |
                Wait-KlingTask | Save-KlingVideo -Destination {{EngineProcess.Quoted(folder.Path)}} |
                ForEach-Object FullName
            $ours = 'KlingPS', 'KlingPS.Core', 'KlingPS.Sandbox'
            [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -in $ours }).ForEach('Location')
            """);
        string video = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal(video, lines[0]);
        Assert.Equal("ftyp"u8, File.ReadAllBytes(video).AsSpan(4, 4));
        Assert.Equal(
            new[] { "Core/KlingPS.Core.dll", "Core/KlingPS.Sandbox.dll", "KlingPS.dll" }
                .Select(name => Path.GetFullPath(Path.Combine(Packed.Folder, "module/bin", name))),
            lines[1..].Order(StringComparer.Ordinal));
    }
}
