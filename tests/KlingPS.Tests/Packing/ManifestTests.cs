using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using System.Xml.Linq;

namespace KlingPS.Tests.Packing;

/// <summary>What the packed manifest says, to PowerShell and to a gallery.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly Shell _shell = new();

    public ManifestTests() => _shell.Set("Manifest", Path.Combine(Packed.Folder, "KlingPS.psd1"));

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void PowerShell_accepts_it_without_a_warning()
    {
        Result result = _shell.Run("Test-ModuleManifest $Manifest").Clean();
        Assert.Empty(result.Warnings);
        PSModuleInfo module = Assert.IsType<PSModuleInfo>(result.Output.Single().BaseObject);
        Assert.Equal(new Version(5, 1), module.PowerShellVersion);
        Assert.Equal(["Desktop", "Core"], module.CompatiblePSEditions);
        Assert.Equal(Packed.Manifest.Cmdlets, module.ExportedCmdlets.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_names_every_export()
    {
        Hashtable manifest = Table();
        foreach (string kind in new[] { "Cmdlets", "Functions", "Aliases", "Variables" })
        {
            Assert.All(Assert.IsType<object[]>(manifest[$"{kind}ToExport"]), name => Assert.DoesNotContain('*', Assert.IsType<string>(name)));
        }
    }

    [Fact]
    public void It_names_one_file_which_is_in_the_list_and_no_script_that_a_policy_could_forbid()
    {
        Hashtable manifest = Table();
        Assert.Contains(Assert.IsType<string>(manifest["RootModule"]), Packed.Listed);
        Assert.EndsWith(".dll", (string)manifest["RootModule"]!, StringComparison.Ordinal);
        Assert.All(
            new[] { "FormatsToProcess", "TypesToProcess", "ScriptsToProcess", "NestedModules", "RequiredModules" },
            name => Assert.False(manifest.ContainsKey(name), name));
    }

    [Fact]
    public void The_nuspec_says_what_the_manifest_says()
    {
        Hashtable manifest = Table();
        Hashtable gallery = Gallery(manifest);
        Dictionary<string, string> nuspec = Nuspec();
        Assert.Equal("KlingPS", nuspec["id"]);
        Assert.Equal(manifest["ModuleVersion"], nuspec["version"]);
        Assert.Equal(manifest["Author"], nuspec["authors"]);
        Assert.Equal(manifest["CompanyName"], nuspec["owners"]);
        Assert.Equal(manifest["Copyright"], nuspec["copyright"]);
        Assert.Equal(manifest["Description"], nuspec["description"]);
        Assert.Equal(gallery["LicenseUri"], nuspec["licenseUrl"]);
        Assert.Equal(gallery["ProjectUri"], nuspec["projectUrl"]);
        Assert.Equal(gallery["IconUri"], nuspec["iconUrl"]);
        Assert.Equal(gallery["ReleaseNotes"], nuspec["releaseNotes"]);

        string[] tags = nuspec["tags"].Split(' ');
        Assert.Equal("PSModule", tags[0]);
        Assert.All((object[])gallery["Tags"]!, tag => Assert.Contains((string)tag, tags));
        Assert.All(new[] { "PSEdition_Desktop", "PSEdition_Core", "PSIncludes_Cmdlet" }, tag => Assert.Contains(tag, tags));
        Assert.All((object[])manifest["CmdletsToExport"]!, name => Assert.Contains($"PSCmdlet_{name}", tags));
        Assert.All((object[])manifest["CmdletsToExport"]!, name => Assert.Contains($"PSCommand_{name}", tags));
    }

    [Fact]
    public void The_release_notes_are_the_top_of_the_changelog()
    {
        string[] sections = File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md")).ReplaceLineEndings("\n").Split("\n## ");
        string top = sections[1][(sections[1].IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim();
        Assert.Equal(top, Gallery(Table())["ReleaseNotes"]);
    }

    [Fact]
    public void But_for_them_it_is_the_committed_one()
    {
        string[] committed = Lines(Repository.Manifest);
        string[] packed = Lines(Path.Combine(Packed.Folder, "KlingPS.psd1"));
        int notes = Array.FindIndex(committed, line => line.Contains("ReleaseNotes =", StringComparison.Ordinal));
        Assert.Equal(committed[..notes], packed[..notes]);
        Assert.Equal(committed[(notes + 1)..], packed[^(committed.Length - notes - 1)..]);
    }

    private static string[] Lines(string file) => File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n');

    // As Import-PowerShellDataFile reads it, which refuses what is not data.
    private static Hashtable Table()
    {
        Ast script = Parser.ParseFile(Path.Combine(Packed.Folder, "KlingPS.psd1"), out _, out ParseError[] errors);
        Assert.Empty(errors);
        return Assert.IsType<Hashtable>(script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue());
    }

    private static Hashtable Gallery(Hashtable manifest) => (Hashtable)((Hashtable)manifest["PrivateData"]!)["PSData"]!;

    private static Dictionary<string, string> Nuspec() => XElement.Parse(Encoding.UTF8.GetString(Packed.Entries()["KlingPS.nuspec"]))
        .Elements().Single().Elements().ToDictionary(element => element.Name.LocalName, element => element.Value);
}
