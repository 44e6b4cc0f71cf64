using Markdig.Syntax;

namespace KlingPS.HelpGenerator;

/// <summary>The page of one cmdlet.</summary>
internal sealed record CommandPage(
    string Name,
    IReadOnlyList<string> Synopsis,
    IReadOnlyList<string> Description,
    IReadOnlyList<Syntax> Syntaxes,
    IReadOnlyList<Parameter> Parameters,
    IReadOnlyList<Example> Examples,
    IReadOnlyList<Named> Inputs,
    IReadOnlyList<Named> Outputs,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Links)
{
    private const string CommonParameters = "CommonParameters";

    internal static CommandPage Read(Page page)
    {
        Parameter[] parameters = [.. page.Section("PARAMETERS").Sections
            .Where(section => section.Name != CommonParameters)
            .Select(section => Parameter.Read(page, section))];
        return new CommandPage(
            page.Title,
            page.Section("SYNOPSIS").Paragraphs(),
            page.Section("DESCRIPTION").Paragraphs(),
            [.. page.Section("SYNTAX").Blocks.Concat(page.Section("SYNTAX").Sections
                .SelectMany(section => section.Blocks))
                .OfType<CodeBlock>().Select(block => Syntax.Read(page, PlainText.Code(block), parameters))],
            parameters,
            [.. page.Section("EXAMPLES").Sections.Select(section => Example.Read(page, section))],
            Types(page.Section("INPUTS")),
            Types(page.Section("OUTPUTS")),
            page.Section("NOTES").Paragraphs(),
            [.. page.Section("RELATED LINKS").Blocks.OfType<ListBlock>().SelectMany(list => list).Cast<ListItemBlock>()
                .Select(item => string.Join(' ', item.SelectMany(PlainText.Paragraphs)))]);
    }

    private static Named[] Types(Section section) =>
        [.. section.Sections.Select(type => new Named(type.Name, type.Paragraphs()))];
}

/// <summary>A type and what is said of it.</summary>
internal sealed record Named(string Name, IReadOnlyList<string> Text);

/// <summary>An example: its title, its one block of PowerShell, and what is said after it.</summary>
internal sealed record Example(string Title, string Code, IReadOnlyList<string> Text)
{
    internal static Example Read(Page page, Section section) =>
        section.Blocks is [FencedCodeBlock { Info: "powershell" } code, .. List<Block> text]
            && !text.OfType<CodeBlock>().Any()
            ? new Example(section.Name, PlainText.Code(code), [.. text.SelectMany(PlainText.Paragraphs)])
            : throw new PageException(
                page.File, $"The section {section.Name} is not one block of powershell and then text.");
}
