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

    private static Task<string[]> LoadedAfterAsync(string script) => EngineProcess.RunAsync($"{script}\n{Loaded}");
}
