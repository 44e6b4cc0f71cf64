using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlingPS.HelpGenerator;

/// <summary>Markdown as a terminal shows it: the words, without the marks.</summary>
internal static class PlainText
{
    internal static string Of(LeafBlock block) => Of(block.Inline!).Trim();

    internal static string Code(CodeBlock block) => block.Lines.ToString().ReplaceLineEndings("\n").TrimEnd();

    /// <summary>
    /// Each block as one paragraph, an item of a list as one that starts with a dash, code as indented lines.
    /// </summary>
    internal static IEnumerable<string> Paragraphs(Block block) => block switch
    {
        CodeBlock code => [Indented(Code(code))],
        LeafBlock { Inline: not null } leaf => [Of(leaf)],
        ListBlock list =>
            [string.Join('\n', list.Cast<ListItemBlock>().Select(item => "- " + string.Join(' ',
                item.SelectMany(Paragraphs))))],
        Table table => [Columns(table)],
        ContainerBlock container => container.SelectMany(Paragraphs),
        _ => [],
    };

    private static string Indented(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Length == 0 ? "" : "  " + line));

    /// <summary>A table of two columns: a word, and what is said of it. Its heads are dropped.</summary>
    private static string Columns(Table table)
    {
        string[][] rows = [.. table.Cast<TableRow>().Where(row => !row.IsHeader)
            .Select(
                row => row.Cast<TableCell>().Select(cell => string.Join(' ', cell.SelectMany(Paragraphs))).ToArray())];
        int width = rows.Max(row => row[0].Length);
        return string.Join('\n', rows.Select(row => $"  {row[0].PadRight(width)}  {string.Join("  ", row.Skip(1))}"));
    }

    private static string Of(ContainerInline inlines) => string.Concat(inlines.Select(inline => inline switch
    {
        CodeInline code => code.Content,
        LineBreakInline => " ",
        LiteralInline literal => literal.Content.ToString(),
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        ContainerInline container => Of(container),
        _ => "",
    }));
}
