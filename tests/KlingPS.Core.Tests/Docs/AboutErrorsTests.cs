using System.Runtime.CompilerServices;

namespace KlingPS.Core.Tests.Docs;

public sealed class AboutErrorsTests
{
    private static readonly string Page = Path.Combine(Root(), "docs", "en-US", "about_KlingPS_Errors.help.txt");

    [Fact]
    public void The_help_topic_is_made_from_the_table_of_errors()
    {
        string text = AboutErrors.Text();
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Page, text);
        }

        Assert.True(
            File.ReadAllText(Page).ReplaceLineEndings("\n") == text,
            "docs/en-US/about_KlingPS_Errors.help.txt differs from the table of errors. Run the tests with KLINGPS_UPDATE_DOCS=1 and commit it.");
    }

    [Fact]
    public void It_has_every_id_and_fits_a_terminal()
    {
        string text = AboutErrors.Text();
        Assert.All(KlingError.All, error => Assert.Contains($"    {error.Id} (", text, StringComparison.Ordinal));
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
