namespace KlingPS.Tests;

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
        string[] notYet = ["System.Net.Http", "System.Net.Security", "System.Text.Json", "System.Text.RegularExpressions"];
        Assert.Empty(after.Except(before).Intersect(notYet));

        Assert.Equal(["KlingPS"], after.Where(name => name.StartsWith("KlingPS", StringComparison.Ordinal) && name != "KlingPS.EngineHost"));

        // What the engine had loaded of its own would say nothing.
        Assert.DoesNotContain("System.Net.Http", before);
        Assert.DoesNotContain("System.Text.Json", before);
    }

    [Fact]
    public async Task What_the_import_leaves_out_is_loaded_by_the_first_command_that_needs_it()
    {
        string[] loaded = await LoadedAfterAsync(
            $"Import-Module {EngineProcess.Quoted(Repository.Manifest)}; Connect-Kling -Sandbox; [void](New-KlingVideo 'a harbour')");
        Assert.Contains("KlingPS.Sandbox", loaded);
        Assert.Contains("System.Net.Http", loaded);
        Assert.Contains("System.Text.Json", loaded);
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
            $methods = (Get-Command Connect-Kling).ImplementingType.Assembly.GetTypes().ForEach({ $_.GetMethods($all); $_.GetConstructors($all) }).Where({
                -not $_.IsAbstract -and -not $_.ContainsGenericParameters })
            $methods.ForEach({
                $method = $_
                try { [System.Runtime.CompilerServices.RuntimeHelpers]::PrepareMethod($method.MethodHandle) }
                catch { "$($method.DeclaringType.FullName).$($method.Name): $($_.Exception.GetBaseException().Message)" }
            })
            $methods.Count
            """);
        Assert.True(int.Parse(Assert.Single(lines), System.Globalization.CultureInfo.InvariantCulture) > 300);
    }

    [Fact]
    public async Task In_an_engine_without_a_command_for_views_the_module_works_and_says_nothing_of_it() => Assert.Equal(
        ["Succeed", "0"],
        await EngineProcess.RunAsync($$"""
            Import-Module {{EngineProcess.Quoted(Repository.Manifest)}}
            Connect-Kling -Sandbox -SandboxTaskSec 0
            (New-KlingVideo 'A harbour' | Wait-KlingTask).Status
            $Error.Count
            """));

    private static Task<string[]> LoadedAfterAsync(string script) => EngineProcess.RunAsync($"{script}\n{Loaded}");
}
