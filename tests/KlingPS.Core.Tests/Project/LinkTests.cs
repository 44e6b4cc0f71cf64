using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlingPS.Core.Tests.Project;

/// <summary>What a page of the repository points to is there.</summary>
public sealed class LinkTests
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    public static TheoryData<string> Pages => [.. Checkout.Files(".md")];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_within_the_repository_leads_somewhere(string page)
    {
        foreach (string target in Links(page).Where(IsRelative))
        {
            string[] parts = Uri.UnescapeDataString(target).Split('#', 2);
            string file = parts[0].Length == 0
                ? page
                : Path.GetRelativePath(Checkout.Root, Path.Combine(Checkout.Root, Path.GetDirectoryName(page)!, parts[0])).Replace('\\', '/');
            Assert.False(file.StartsWith("..", StringComparison.Ordinal), $"{page}: {target} leads out of the repository.");
            Assert.True(Checkout.Has(file), $"{page}: there is no {target}.");
            if (parts.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal))
            {
                Assert.True(Anchors(file).Contains(parts[1]), $"{page}: {file} has no heading for #{parts[1]}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_link_is_empty_or_unsafe(string page) => Assert.All(
        Links(page),
        target => Assert.True(target.Length > 0 && !target.StartsWith("http://", StringComparison.Ordinal), $"{page}: '{target}'"));

    [Fact]
    public void The_pages_of_the_front_door_are_seen()
    {
        string[] pages = [.. Pages.Select(row => row.Data)];

        Assert.All(["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ".github/PULL_REQUEST_TEMPLATE.md"], page => Assert.Contains(page, pages));
        Assert.Contains("CHANGELOG.md", Links("CONTRIBUTING.md"));
    }

    private static bool IsRelative(string target) => target.Length > 0 && !Uri.TryCreate(target, UriKind.Absolute, out _);

    private static string[] Links(string page) =>
        [.. Read(page).Descendants<LinkInline>().Select(link => link.Url ?? "")];

    private static string[] Anchors(string page) =>
        [.. Read(page).Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "")];

    private static MarkdownDocument Read(string page) => Markdown.Parse(Checkout.Read(page), Pipeline);
}
