using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

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
        Assert.Equal((object[])Table()["CmdletsToExport"]!, module.ExportedCmdlets.Keys.Order(StringComparer.Ordinal));
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

    // As Import-PowerShellDataFile reads it, which refuses what is not data.
    private static Hashtable Table()
    {
        Ast script = Parser.ParseFile(Path.Combine(Packed.Folder, "KlingPS.psd1"), out _, out ParseError[] errors);
        Assert.Empty(errors);
        return Assert.IsType<Hashtable>(script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue());
    }
}
