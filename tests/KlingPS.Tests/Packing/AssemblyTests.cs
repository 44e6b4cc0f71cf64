using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;

namespace KlingPS.Tests.Packing;

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
        string[] documents = [.. symbols.Documents.Select(handle => symbols.GetString(symbols.GetDocument(handle).Name))];
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
        string? commit = FileVersionInfo.GetVersionInfo(Path.Combine(Packed.Folder, path)).ProductVersion!.Split('+').ElementAtOrDefault(1);
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
            Assert.Equal($"https://raw.githubusercontent.com{home}/{commit}/*", documents.GetProperty("/_/*").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void It_is_the_optimized_build(string path)
    {
        using PEReader image = Open(path);
        MetadataReader metadata = image.GetMetadataReader();
        string[] attributes = [.. metadata.GetAssemblyDefinition().GetCustomAttributes().Select(metadata.GetCustomAttribute)
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

    private static PEReader Open(string path) => new(new MemoryStream(File.ReadAllBytes(Path.Combine(Packed.Folder, path))));

    private static MetadataReaderProvider Symbols(PEReader image) => image.ReadEmbeddedPortablePdbDebugDirectoryData(
        image.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
}
