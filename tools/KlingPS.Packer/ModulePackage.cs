using System.IO.Compression;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace KlingPS.Packer;

/// <summary>The package: a zip file by the Open Packaging Conventions, whose bytes depend on nothing but its content.</summary>
internal static class ModulePackage
{
    private const string PropertiesPath = "package/services/metadata/core-properties/properties.psmdcp";

    private static readonly XNamespace Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private static readonly XNamespace Properties = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    // The oldest time a zip file can hold.
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes the folder, and the package of it.</summary>
    /// <exception cref="PackException">What is committed and what is built make no package.</exception>
    internal static (string Folder, string Package) Make(Layout layout)
    {
        ModuleManifest manifest = ModuleManifest.Read(layout.Manifest);
        ReleaseNotes notes = ReleaseNotes.Read(layout.Changelog);
        ShippedFiles files = ShippedFiles.Read(layout);
        string folder = StagedModule.Write(layout, manifest, notes, files);
        return (folder, Write(layout, manifest, notes, files, folder));
    }

    private static string Write(Layout layout, ModuleManifest manifest, ReleaseNotes notes, ShippedFiles files, string folder)
    {
        string nuspec = $"{manifest.Name}.nuspec";
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "_rels/.rels", Serialize(Relationships(nuspec)));
            Add(zip, nuspec, Serialize(Nuspec.Document(manifest, notes)));
            foreach (string path in files.Paths)
            {
                Add(zip, path, File.ReadAllBytes(Path.Combine(folder, path)));
            }

            Add(zip, "[Content_Types].xml", Serialize(ContentTypes([nuspec, .. files.Paths])));
            Add(zip, PropertiesPath, Serialize(CoreProperties(manifest)));
        }

        string package = Path.GetFullPath(layout.Package(manifest));
        File.WriteAllBytes(package, bytes.ToArray());
        return package;
    }

    private static void Add(ZipArchive zip, string path, byte[] content)
    {
        ZipArchiveEntry entry = zip.CreateEntry(path, CompressionLevel.SmallestSize);
        entry.LastWriteTime = Always;
        // Else those of this system.
        entry.ExternalAttributes = 0;
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    private static XDocument Relationships(string nuspec) => new(
        new XElement(
            Relations + "Relationships",
            Relationship("http://schemas.microsoft.com/packaging/2010/07/manifest", nuspec, "R1"),
            Relationship("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", PropertiesPath, "R2")));

    private static XElement Relationship(string type, string target, string id) => new(
        Relations + "Relationship",
        new XAttribute("Type", type),
        new XAttribute("Target", $"/{target}"),
        new XAttribute("Id", id));

    private static XDocument ContentTypes(IEnumerable<string> paths) => new(
        new XElement(
            Types + "Types",
            Default("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            Default("psmdcp", "application/vnd.openxmlformats-package.core-properties+xml"),
            paths.Select(Path.GetExtension)
                .Where(extension => !string.IsNullOrEmpty(extension))
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(extension => Default(extension![1..], "application/octet")),
            paths.Where(path => !Path.HasExtension(path)).Select(path => new XElement(
                Types + "Override",
                new XAttribute("PartName", $"/{path}"),
                new XAttribute("ContentType", "application/octet")))));

    private static XElement Default(string extension, string type) =>
        new(Types + "Default", new XAttribute("Extension", extension), new XAttribute("ContentType", type));

    private static XDocument CoreProperties(ModuleManifest manifest) => new(
        new XElement(
            Properties + "coreProperties",
            new XAttribute(XNamespace.Xmlns + "dc", DublinCore),
            new XElement(DublinCore + "creator", manifest.Author),
            new XElement(DublinCore + "description", manifest.Description),
            new XElement(DublinCore + "identifier", manifest.Name),
            new XElement(Properties + "version", manifest.PackageVersion),
            new XElement(Properties + "keywords", Nuspec.Tags(manifest))));

    private static byte[] Serialize(XDocument document)
    {
        using MemoryStream bytes = new();
        using (XmlWriter writer = XmlWriter.Create(bytes, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) }))
        {
            document.Save(writer);
        }

        return bytes.ToArray();
    }
}
