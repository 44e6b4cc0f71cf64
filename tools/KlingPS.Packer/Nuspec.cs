using System.Xml.Linq;

namespace KlingPS.Packer;

/// <summary>
/// The description of the package, element for element what Publish-PSResource makes of a manifest, and the tags of Publish-Module,
/// by which galleries find commands. Newer elements (license, icon, readme) are not there: the PowerShell Gallery reads none of them.
/// </summary>
internal static class Nuspec
{
    private static readonly XNamespace Space = "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd";

    internal static XDocument Document(ModuleManifest manifest, ReleaseNotes notes) => new(
        new XElement(
            Space + "package",
            new XElement(
                Space + "metadata",
                new XElement(Space + "id", manifest.Name),
                new XElement(Space + "version", manifest.PackageVersion),
                new XElement(Space + "authors", manifest.Author),
                new XElement(Space + "owners", manifest.CompanyName),
                new XElement(Space + "requireLicenseAcceptance", "false"),
                new XElement(Space + "licenseUrl", manifest.LicenseUri),
                new XElement(Space + "projectUrl", manifest.ProjectUri),
                new XElement(Space + "iconUrl", manifest.IconUri),
                new XElement(Space + "description", manifest.Description),
                new XElement(Space + "releaseNotes", notes.Text),
                new XElement(Space + "copyright", manifest.Copyright),
                new XElement(Space + "tags", Tags(manifest)))));

    /// <summary>The tags, separated by spaces.</summary>
    internal static string Tags(ModuleManifest manifest) => string.Join(
        ' ',
        ["PSModule", .. manifest.Tags, "PSIncludes_Cmdlet", .. manifest.Cmdlets.SelectMany(name => new[] { $"PSCmdlet_{name}", $"PSCommand_{name}" })]);
}
