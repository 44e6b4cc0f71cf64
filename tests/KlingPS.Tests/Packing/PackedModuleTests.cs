namespace KlingPS.Tests.Packing;

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
                Wait-KlingTask | Save-KlingVideo -Destination {{EngineProcess.Quoted(folder.Path)}} | ForEach-Object FullName
            [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -in 'KlingPS', 'KlingPS.Core', 'KlingPS.Sandbox' }).ForEach('Location')
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
