using System.Runtime.CompilerServices;

namespace KlingPS.Core.Tests.Shape;

/// <summary>No code of the Desktop edition alone without a check in the program that runs it.</summary>
public sealed class DesktopPathTests
{
    private static readonly string Program = Path.Combine(Root(), "tests/KlingPS.Desktop");

    private static readonly string[][] Rows =
    [
        .. File.ReadAllLines(Path.Combine(Program, "README.md"))
            .Where(line => line.StartsWith("| Kling", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    [Fact]
    public void Every_condition_on_the_framework_has_its_row()
    {
        string source = Path.Combine(Root(), "src");
        string[] conditions =
        [
            .. Sources(source).SelectMany(file => File.ReadLines(file)
                .Where(line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal))
                .Select(_ => Path.GetRelativePath(source, file).Replace('\\', '/'))),
        ];

        Assert.NotEmpty(conditions);
        Assert.Equal(conditions.Order(StringComparer.Ordinal), Rows.Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_names_a_check_there_is()
    {
        string checks = string.Concat(Sources(Program).Select(File.ReadAllText));
        Assert.All(Rows, row => Assert.Contains($"(\"{row[2]}\"", checks, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split('/', '\\').Any(part => part is "bin" or "obj"));

    // From this file's place in the checkout.
    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
