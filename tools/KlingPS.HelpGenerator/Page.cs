using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace KlingPS.HelpGenerator;

/// <summary>A page of Markdown as its title and its sections, each of which may have sections of its own.</summary>
internal sealed record Page(string File, string Title, IReadOnlyList<Section> Sections)
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    internal static Page Read(string file)
    {
        List<Section> sections = [];
        string? title = null;
        foreach (Block block in Markdown.Parse(System.IO.File.ReadAllText(file), Pipeline))
        {
            switch (block)
            {
                case YamlFrontMatterBlock:
                    break;
                case HeadingBlock { Level: 1 } heading when title is null:
                    title = PlainText.Of(heading);
                    break;
                case HeadingBlock { Level: 2 } heading:
                    sections.Add(new Section(PlainText.Of(heading), [], []));
                    break;
                case HeadingBlock { Level: 3 } heading when sections.Count > 0:
                    sections[^1].Sections.Add(new Section(PlainText.Of(heading), [], []));
                    break;
                case HeadingBlock or LinkReferenceDefinitionGroup:
                    throw new PageException(
                        file,
                        $"What is in line {block.Line + 1} cannot be read: a page has one heading of level 1, then "
                            + $"of 2 and 3, and no reference links.");
                default:
                    if (sections.Count == 0)
                    {
                        throw new PageException(file, $"Line {block.Line + 1} stands before the first section.");
                    }

                    (sections[^1].Sections.LastOrDefault() ?? sections[^1]).Blocks.Add(block);
                    break;
            }
        }

        return new Page(file, title ?? throw new PageException(file, "There is no title."), sections);
    }

    internal Section Section(string name) =>
        Sections.FirstOrDefault(section => section.Name == name) ?? throw new PageException(
            File, $"There is no section {name}.");
}

/// <summary>What stands under one heading.</summary>
internal sealed record Section(string Name, List<Block> Blocks, List<Section> Sections)
{
    internal IReadOnlyList<string> Paragraphs() => [.. Blocks.SelectMany(PlainText.Paragraphs)];
}
