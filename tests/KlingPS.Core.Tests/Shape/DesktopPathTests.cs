namespace KlingPS.Core.Tests.Shape;

/// <summary>No code of the Desktop edition alone without a check that runs it.</summary>
public sealed class DesktopPathTests
{
    private const string Program = "tests/KlingPS.Desktop";

    private static readonly string[][] Rows =
    [
        .. Repository.Read($"{Program}/README.md").Split('\n')
            .Where(line => line.StartsWith("| Kling", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    [Fact]
    public void Every_condition_on_the_framework_has_its_row()
    {
        string[] conditions =
        [
            .. Repository.Files("src", ".cs").SelectMany(file => Repository.Read(file).Split('\n')
                .Where(line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal))
                .Select(_ => file["src/".Length..])),
        ];

        Assert.NotEmpty(conditions);
        Assert.Equal(
            conditions.Order(StringComparer.Ordinal), Rows.Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_names_a_check_there_is()
    {
        string program = string.Concat(Repository.Files(Program, ".cs").Select(Repository.Read));
        Assert.All(Rows, row =>
        {
            string[] check = row[2].Split(".Tests.ps1: ");
            (string text, string place) = check.Length == 2
                ? ($"It '{check[1]}'", Repository.Read($"tests/pester/{check[0]}.Tests.ps1"))
                : ($"(\"{check[0]}\"", program);
            Assert.Contains(text, place, StringComparison.Ordinal);
        });
    }
}
