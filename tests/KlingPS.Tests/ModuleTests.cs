using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KlingPS.Tests;

public sealed class ModuleTests
{
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
                reference =>
                    reference.Contains("Automation", StringComparison.Ordinal)
                        || reference.Contains("PowerShell", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Everything_the_Desktop_edition_references_is_in_the_framework_or_on_the_list_of_what_ships()
    {
        string folder = Repository.ModuleBin("Desktop");
        string[] shipped =
            [.. Directory.GetFiles(folder, "*.dll").Select(file => Path.GetFileNameWithoutExtension(file)!)];
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

    private static string[] References(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using PEReader image = new(stream);
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(
            handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static string[] Shipped()
    {
        using Shell shell = new();
        Type lifetime = Assert.IsAssignableFrom<Type>(
            shell.Run("[KlingPS.ModuleLifetime]").Clean().Output.Single().BaseObject);
        System.Reflection.FieldInfo list = lifetime.GetField(
            "Shipped", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (string[])list.GetValue(null)!;
    }

    // The reference assemblies the build used: .NET Framework 4.7.2 and the facades it brings.
    private static HashSet<string> FrameworkAssemblies()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string folder = Path.Combine(packages, "microsoft.netframework.referenceassemblies.net472");
        return
        [
            .. Directory.GetFiles(folder, "*.dll", SearchOption.AllDirectories).Select(
                file => Path.GetFileNameWithoutExtension(file)!),
        ];
    }
}

/// <summary>What the import touches, seen in a process that has done nothing else.</summary>
public sealed class ImportTests
{
    private const string Loaded = "[AppDomain]::CurrentDomain.GetAssemblies().ForEach({ $_.GetName().Name })";

    [Fact]
    public async Task The_import_loads_the_cmdlets_and_nothing_they_do_not_need_yet()
    {
        string[] before = await LoadedAfterAsync("[void](Get-Module)");
        string[] after = await LoadedAfterAsync($"Import-Module {EngineProcess.Quoted(Repository.Manifest)}");
        Assert.DoesNotContain("KlingPS", before);
        string[] notYet =
            ["System.Net.Http", "System.Net.Security", "System.Text.Json", "System.Text.RegularExpressions"];
        Assert.Empty(after.Except(before).Intersect(notYet));

        Assert.Equal(
            ["KlingPS"],
            after.Where(name => name.StartsWith("KlingPS", StringComparison.Ordinal) && name != "KlingPS.EngineHost"));

        // What the engine had loaded of its own would say nothing.
        Assert.DoesNotContain("System.Net.Http", before);
        Assert.DoesNotContain("System.Text.Json", before);
    }

    [Fact]
    public async Task The_types_are_found_before_any_command_has_run()
    {
        string import = $"Import-Module {EngineProcess.Quoted(Repository.Manifest)}";
        Assert.Equal(
            ["KlingPS.Core", "Failed", "True"],
            await EngineProcess.RunAsync($$"""
                {{import}}
                [KlingPS.KlingTask].Assembly.GetName().Name
                [string][KlingPS.KlingTaskStatus]'Failed'
                & ([scriptblock]::Create("using namespace KlingPS`n[KlingException].IsSubclassOf([Exception])"))
                """));
    }

    [Fact]
    public async Task Every_method_of_the_cmdlets_finds_what_it_calls_of_the_client_of_this_edition()
    {
        // The compiler saw another build of it, whose members may have other signatures.
        string[] lines = await EngineProcess.RunAsync($$"""
            Import-Module {{EngineProcess.Quoted(Repository.Manifest)}}
            $all = [System.Reflection.BindingFlags]'DeclaredOnly, Public, NonPublic, Instance, Static'
            $types = (Get-Command Connect-Kling).ImplementingType.Assembly.GetTypes()
            $methods = $types.ForEach({ $_.GetMethods($all); $_.GetConstructors($all) }).Where({
                -not $_.IsAbstract -and -not $_.ContainsGenericParameters })
            $methods.ForEach({
                $method = $_
                try { [System.Runtime.CompilerServices.RuntimeHelpers]::PrepareMethod($method.MethodHandle) }
                catch { "$($method.DeclaringType).$($method.Name): $($_.Exception.GetBaseException().Message)" }
            })
            $methods.Count
            """);
        Assert.True(int.Parse(Assert.Single(lines), CultureInfo.InvariantCulture) > 300);
    }

    [Fact]
    public async Task In_an_engine_without_a_command_for_views_the_module_works_and_says_nothing_of_it() =>
        Assert.Equal(
        ["Succeeded", "0"],
        await EngineProcess.RunAsync($$"""
            Import-Module {{EngineProcess.Quoted(Repository.Manifest)}}
            Connect-Kling -Sandbox -SandboxTaskSec 0
            (New-KlingVideo 'A harbour' | Wait-KlingTask).Status
            $Error.Count
            """));

    private static Task<string[]> LoadedAfterAsync(string script) => EngineProcess.RunAsync($"{script}\n{Loaded}");
}

/// <summary>The public surface is a committed listing, so that a change to it is seen in review.</summary>
public sealed class SurfaceTests
{
    private static readonly string Listing = Path.Combine(Repository.Root, "tests", "KlingPS.Tests", "surface.txt");

    [Fact]
    public void The_public_surface_is_the_committed_one()
    {
        string now = Describe();
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_SURFACE") == "1")
        {
            File.WriteAllText(Listing, now);
        }

        Assert.True(
            File.ReadAllText(Listing).ReplaceLineEndings("\n") == now,
            "The surface differs from tests/KlingPS.Tests/surface.txt. If that is meant, run the tests with "
                + "KLINGPS_UPDATE_SURFACE=1 and commit the listing.");
    }

    [Fact]
    public void Every_cmdlet_names_its_page_for_the_help_online()
    {
        using Shell shell = new();
        Assert.All(
            shell.Run("Get-Command -Module KlingPS").Clean().Output.Select(item => (CmdletInfo)item.BaseObject),
            cmdlet =>
            {
                const string pages = "https://github.com/klingps/KlingPS/blob/main/";
                string page = $"docs/en-US/{cmdlet.Name}.md";
                Assert.Equal(
                    pages + page, cmdlet.ImplementingType.GetCustomAttribute<CmdletAttribute>()!.HelpUri);
                Assert.True(File.Exists(Path.Combine(Repository.Root, page)));
            });
    }

    private static string Describe()
    {
        using Shell shell = new();
        StringBuilder text = new();
        IEnumerable<CmdletInfo> all = shell.Run("Get-Command -Module KlingPS").Clean().Output
            .Select(item => (CmdletInfo)item.BaseObject).OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal);
        foreach (CmdletInfo cmdlet in all)
        {
            text.Append(cmdlet.Name).Append(" -> ").AppendJoin(
                ", ", cmdlet.OutputType.Select(type => type.Name)).Append('\n');
            foreach (var set in cmdlet.ParameterSets.OrderBy(set => set.Name, StringComparer.Ordinal))
            {
                text.Append("  ").Append(set.Name).Append(set.IsDefault ? " (default)" : "").Append('\n');
                IEnumerable<CommandParameterInfo> parameters =
                    set.Parameters.Where(IsOurs).OrderBy(parameter => parameter.Name, StringComparer.Ordinal);
                text.Append(string.Concat(parameters.Select(parameter => $"    {Describe(parameter)}\n")));
            }
        }

        Type[] types = typeof(KlingTask).Assembly.GetExportedTypes();
        foreach (Type type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            IEnumerable<string> members = type.GetMembers(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodBase { IsSpecialName: true })
                .Select(member => $"  {member}");
            text.AppendJoin('\n', members.Order(StringComparer.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsOurs(CommandParameterInfo parameter) =>
        !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name);

    private static string Describe(CommandParameterInfo parameter) => string.Join(
        ' ',
        new[]
        {
            $"-{parameter.Name} <{parameter.ParameterType}>",
            parameter.Position >= 0 ? $"position {parameter.Position}" : null,
            parameter.IsMandatory ? "mandatory" : null,
            parameter.ValueFromPipeline ? "by value" : null,
            parameter.ValueFromPipelineByPropertyName ? "by property name" : null,
            parameter.Aliases.Count > 0 ? $"alias {string.Join(", ", parameter.Aliases)}" : null,
        }.OfType<string>());
}
