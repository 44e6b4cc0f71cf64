using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace KlingPS.Core.Tests.Shape;

/// <summary>What the client's assemblies lean on.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Shipped = ["KlingPS.Core", "KlingPS.Sandbox"];

    [Fact]
    public void The_client_and_the_sandbox_know_no_PowerShell()
    {
        string[] known =
        [
            .. new[] { typeof(KlingClient), typeof(KlingPS.Sandbox.SandboxService) }
                .SelectMany(type => References(type.Assembly.Location)),
        ];

        Assert.NotEmpty(known);
        Assert.DoesNotContain(known, IsPowerShell);
    }

    [Theory]
    [InlineData("Desktop")]
    [InlineData("Core")]
    public void The_built_files_know_no_PowerShell_either(string edition)
    {
        string[] files = [.. Shipped.Select(name => Path.Combine(Bin(edition), name + ".dll")).Where(File.Exists)];
        Assert.SkipWhen(files.Length == 0, "The module has not been built.");

        Assert.DoesNotContain(files.SelectMany(References), IsPowerShell);
    }

    [Fact]
    public void In_PowerShell_7_the_client_needs_nothing_but_the_framework() =>
        Assert.All(References(typeof(KlingClient).Assembly.Location), name => Assert.True(IsFramework(name), name));

    [Fact]
    public void The_client_knows_nothing_of_the_sandbox() =>
        Assert.DoesNotContain("KlingPS.Sandbox", References(typeof(KlingClient).Assembly.Location));

    [Fact]
    public void The_public_types_of_the_client_are_the_ones_scripts_see() => Assert.Equal(
        ["KlingException", "KlingIntent", "KlingIntentState", "KlingTask", "KlingTaskKind", "KlingTaskStatus", "KlingVideo", "SubmissionOutcome"],
        typeof(KlingClient).Assembly.GetExportedTypes().Select(type => type.Name).Order(StringComparer.Ordinal));

    private static bool IsPowerShell(string name) =>
        name.StartsWith("System.Management.Automation", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.PowerShell", StringComparison.Ordinal)
        || name.StartsWith("PowerShellStandard", StringComparison.Ordinal);

    private static bool IsFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));

    private static string[] References(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using PEReader image = new(stream);
        MetadataReader metadata = image.GetMetadataReader();
        return
        [
            .. metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)),
        ];
    }

    // From this file's place in the checkout.
    private static string Bin(string edition, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(here, "../../../../module/bin", edition));
}
