using System.Text.RegularExpressions;

namespace KlingPS.Tests.Help;

/// <summary>The pages and the cmdlets say the same of each other.</summary>
public sealed class PageTests
{
    private static readonly string[] Sections =
        ["SYNOPSIS", "SYNTAX", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet() =>
        Assert.Equal(Facts().Select(facts => facts.Name), HelpPage.All().Select(page => page.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_describes_the_parameters_of_its_cmdlet_and_no_others(string name) =>
        Assert.Equal(Of(name).Parameters, HelpPage.Of(name).Parameters);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_the_syntax_and_the_parameters_as_they_are(string name)
    {
        HelpPage page = HelpPage.Of(name);
        string expected = page.Refreshed(Of(name));
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page.File, expected);
            page = HelpPage.Of(name);
        }

        Assert.True(
            page.Text == expected,
            $"docs/en-US/{name}.md differs from the cmdlet. Run the tests with KLINGPS_UPDATE_DOCS=1, read what "
                + "changed, and commit it.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_says_what_goes_in_and_out(string name)
    {
        CmdletFacts facts = Of(name);
        HelpPage page = HelpPage.Of(name);
        Assert.Equal(facts.OutputTypes, page.Names("OUTPUTS"));
        Assert.All(facts.InputTypes.DefaultIfEmpty("None"), type => Assert.Contains(type, page.Names("INPUTS")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_leaves_no_section_and_no_parameter_empty(string name)
    {
        HelpPage page = HelpPage.Of(name);
        Assert.StartsWith(
            "---\nexternal help file: KlingPS.dll-Help.xml\nModule Name: KlingPS\n", page.Text,
            StringComparison.Ordinal);
        Assert.Contains($"\n# {name}\n", page.Text, StringComparison.Ordinal);
        Assert.All(Sections, section => Assert.NotEqual("", page.Section(section).Trim()));
        Assert.All(
            page.Parameters,
            parameter => Assert.DoesNotContain($"### -{parameter}\n\n```", page.Text, StringComparison.Ordinal));
    }

    public static IEnumerable<TheoryDataRow<string>> Names() =>
        HelpPage.All().Select(page => new TheoryDataRow<string>(page.Name));

    private static CmdletFacts Of(string name) => Facts().Single(facts => facts.Name == name);

    private static CmdletFacts[] Facts()
    {
        using Shell shell = new();
        return [.. shell.Run("Get-Command -Module KlingPS").Clean().Output
            .Select(item => new CmdletFacts((CmdletInfo)item.BaseObject)).OrderBy(
                facts => facts.Name, StringComparer.Ordinal)];
    }
}
