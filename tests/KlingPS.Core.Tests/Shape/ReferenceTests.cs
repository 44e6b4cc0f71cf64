namespace KlingPS.Core.Tests.Shape;

/// <summary>What the client leans on, and what it shows.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] References =
        [.. typeof(KlingClient).Assembly.GetReferencedAssemblies().Select(name => name.Name!)];

    [Fact]
    public void In_PowerShell_7_the_client_needs_nothing_but_the_framework()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        Assert.NotEmpty(References);
        Assert.All(References, name => Assert.True(File.Exists(Path.Combine(framework, name + ".dll")), name));
    }

    [Fact]
    public void The_public_types_of_the_client_are_the_ones_scripts_see() => Assert.Equal(
        [
            "KlingBalance", "KlingException", "KlingIntent", "KlingIntentState", "KlingProvider", "KlingTask",
            "KlingTaskKind", "KlingTaskStatus", "KlingVideo", "SubmissionOutcome",
        ],
        typeof(KlingClient).Assembly.GetExportedTypes().Select(type => type.Name).Order(StringComparer.Ordinal));
}
