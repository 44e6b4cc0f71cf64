using System.Management.Automation;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KlingPS.Tests;

public sealed class ModuleTests
{
    private static readonly string[] Cmdlets =
    [
        "Clear-KlingIntent", "Connect-Kling", "ConvertFrom-KlingCallback", "Disconnect-Kling", "Get-KlingConnection",
        "Get-KlingIntent", "Get-KlingTask", "New-KlingExtension", "New-KlingVideo", "Resolve-KlingIntent", "Save-KlingVideo", "Wait-KlingTask",
    ];

    [Fact]
    public void The_manifest_exports_the_contract_and_nothing_else()
    {
        using Shell shell = new();
        Result result = shell.Run("$m = Get-Module KlingPS; $m.ExportedCommands.Keys; $m.ExportedAliases.Keys; $m.ExportedVariables.Keys").Clean();
        Assert.Equal(Cmdlets, result.Output.Select(name => name.ToString()).Order());
    }

    [Fact]
    public void Every_cmdlet_names_its_output_and_only_the_paid_and_writing_ones_ask()
    {
        using Shell shell = new();
        foreach (PSObject found in shell.Run("Get-Command -Module KlingPS").Clean().Output)
        {
            CmdletInfo cmdlet = Assert.IsType<CmdletInfo>(found.BaseObject);
            Assert.NotEmpty(cmdlet.OutputType);
            bool asks = cmdlet.Parameters.ContainsKey("WhatIf");
            Assert.Equal(cmdlet.Name is "Clear-KlingIntent" or "New-KlingExtension" or "New-KlingVideo" or "Save-KlingVideo", asks);
        }
    }

    [Fact]
    public void Removing_the_module_forgets_the_connection()
    {
        using Shell shell = Shell.OnSandbox();
        shell.Set("Manifest", Repository.Manifest);
        Result result = shell.Run("Remove-Module KlingPS; Import-Module $Manifest; Get-KlingConnection").Clean();
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Nothing_of_third_parties_ships_for_PowerShell_7()
    {
        IEnumerable<string> files = Directory.GetFiles(Repository.ModuleBin("Core"), "*.dll").Select(file => Path.GetFileName(file)!);
        Assert.Equal(["KlingPS.Core.dll", "KlingPS.Sandbox.dll"], files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Core", "System.Runtime", "mscorlib")]
    [InlineData("Desktop", "mscorlib", "System.Runtime")]
    public void Each_edition_has_the_files_built_for_its_runtime(string edition, string runtime, string other)
    {
        foreach (string name in new[] { "KlingPS.Core.dll", "KlingPS.Sandbox.dll" })
        {
            string[] references = References(Path.Combine(Repository.ModuleBin(edition), name));
            Assert.Contains(runtime, references);
            Assert.DoesNotContain(other, references);
        }
    }

    [Fact]
    public void The_cmdlets_are_built_for_both_editions_with_nothing_that_only_one_has() => Assert.Equal(
        ["KlingPS.Core", "KlingPS.Sandbox", "System.Management.Automation", "netstandard"],
        References(Path.Combine(Repository.ModuleBin(""), "KlingPS.dll")).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Core")]
    [InlineData("Desktop")]
    public void Core_and_Sandbox_know_no_PowerShell(string edition)
    {
        foreach (string name in new[] { "KlingPS.Core.dll", "KlingPS.Sandbox.dll" })
        {
            Assert.DoesNotContain(
                References(Path.Combine(Repository.ModuleBin(edition), name)),
                reference => reference.Contains("Automation", StringComparison.Ordinal) || reference.Contains("PowerShell", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Everything_the_Desktop_edition_references_is_in_the_framework_or_on_the_list_of_what_ships()
    {
        string folder = Repository.ModuleBin("Desktop");
        string[] shipped = [.. Directory.GetFiles(folder, "*.dll").Select(file => Path.GetFileNameWithoutExtension(file)!)];
        string[] listed = Shipped();
        Assert.Equal(shipped.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));

        HashSet<string> framework = FrameworkAssemblies();
        foreach (string file in Directory.GetFiles(folder, "*.dll"))
        {
            foreach (string reference in References(file))
            {
                Assert.True(
                    framework.Contains(reference) || listed.Contains(reference),
                    $"{Path.GetFileName(file)} references {reference}, which nobody brings.");
            }
        }
    }

    [Fact]
    public void Two_runspaces_are_connected_differently()
    {
        using Shell one = Shell.OnSandbox();
        using Shell other = new();
        other.Run("Connect-Kling -ApiKey 'another-key-of-16-or-more' -BaseUri 'https://example.invalid/x'").Clean();
        Assert.Equal("https://sandbox.klingps.invalid/kling/", one.Run("Get-KlingConnection").Output.Single().Properties["BaseUri"].Value.ToString());
        Assert.Equal("https://example.invalid/x/", other.Run("Get-KlingConnection").Output.Single().Properties["BaseUri"].Value.ToString());
    }

    private static string[] References(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using PEReader image = new(stream);
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static string[] Shipped()
    {
        using Shell shell = new();
        Type lifetime = Assert.IsAssignableFrom<Type>(shell.Run("[KlingPS.ModuleLifetime]").Clean().Output.Single().BaseObject);
        System.Reflection.FieldInfo list = lifetime.GetField("Shipped", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (string[])list.GetValue(null)!;
    }

    // The reference assemblies the build used: .NET Framework 4.7.2 and the facades it brings.
    private static HashSet<string> FrameworkAssemblies()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string folder = Path.Combine(packages, "microsoft.netframework.referenceassemblies.net472");
        return [.. Directory.GetFiles(folder, "*.dll", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)!)];
    }
}
