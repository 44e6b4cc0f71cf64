using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlingPS.Core.Tests.Project;

/// <summary>What a page points to is there, and a figure in it is the one that was measured.</summary>
public sealed class PageTests
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    [Fact]
    public void Every_link_within_the_repository_leads_somewhere()
    {
        (string Page, string Target)[] links =
        [
            .. from page in Repository.Files(".", ".md")
               from link in Read(page).Descendants<LinkInline>()
               where !Uri.TryCreate(link.Url, UriKind.Absolute, out _)
               select (page, Uri.UnescapeDataString(link.Url ?? "")),
        ];

        Assert.Contains(("CONTRIBUTING.md", "CHANGELOG.md"), links);
        Assert.All(links, link => Assert.True(Leads(link.Page, link.Target), $"{link.Page}: '{link.Target}'"));
    }

    [Fact]
    public void The_figures_tell_the_faults_and_cells_of_the_page_that_measures_them() =>
        Assert.Equal(FigureOf("docs/faults.md"), FigureOf("docs/guarantees.md"));

    [Fact]
    public void The_README_which_ships_alone_has_only_absolute_links_and_each_leads_somewhere()
    {
        const string Own = "^https://(github.com/klingps/KlingPS/blob|raw.githubusercontent.com/klingps/KlingPS)/main/";
        string[] links = [.. Read("README.md").Descendants<LinkInline>().Select(link => link.Url!)];

        Assert.All(links, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        string[] own = [.. links.Where(link => Regex.IsMatch(link, Own)).Select(link => Regex.Replace(link, Own, ""))];
        Assert.Contains("docs/guarantees.md", own);
        Assert.All(own, link => Assert.True(Leads("README.md", link), link));
        Assert.InRange(Repository.Read("README.md").Split('\n').Length, 1, 151);
    }

    private static bool Leads(string page, string target)
    {
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        return target.Length > 0
            && Repository.PathOf(file).StartsWith(Repository.Root, StringComparison.Ordinal)
            && Repository.Has(file)
            && (parts.Length == 1 || !file.EndsWith(".md", StringComparison.Ordinal)
                || Read(file).Descendants<HeadingBlock>().Any(heading => heading.GetAttributes().Id == parts[1]));
    }

    private static MarkdownDocument Read(string page) => Markdown.Parse(Repository.Read(page), Pipeline);

    private static string FigureOf(string page) =>
        Assert.Single(Regex.Matches(Repository.Read(page), "[0-9,]+ faults × [0-9]+ cmdlets = [0-9,]+ cells")).Value;
}
