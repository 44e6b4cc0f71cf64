using System.Text;

namespace KlingPS.HelpGenerator;

/// <summary>An about page as text for a terminal of 80 columns.</summary>
internal static class TopicWriter
{
    private const int Width = 78;
    private const string Indent = "    ";

    internal static string Text(Page page)
    {
        StringBuilder text = new($"TOPIC\n{Indent}{page.Title}\n");
        foreach (Section section in page.Sections)
        {
            text.Append('\n').Append(section.Name.ToUpperInvariant()).Append('\n');
            Write(text, section.Paragraphs());
            foreach (Section part in section.Sections)
            {
                text.Append('\n').Append("  ").Append(part.Name).Append('\n');
                Write(text, part.Paragraphs());
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, IReadOnlyList<string> paragraphs) =>
        text.AppendJoin('\n', paragraphs.Select(paragraph => string.Concat(paragraph.Split('\n').Select(Line))));

    private static string Line(string line) => line.StartsWith("  ", StringComparison.Ordinal)
        ? $"{Indent}{line}\n"
        : Wrapped(line, line.StartsWith("- ", StringComparison.Ordinal) ? "  " : "");

    private static string Wrapped(string line, string hanging)
    {
        StringBuilder text = new();
        StringBuilder current = new(Indent);
        foreach (string word in line.Split(' '))
        {
            if (current.Length > Indent.Length && current.Length + word.Length > Width)
            {
                text.Append(current.ToString().TrimEnd()).Append('\n');
                current.Clear().Append(Indent).Append(hanging);
            }

            current.Append(word).Append(' ');
        }

        return text.Append(current.ToString().TrimEnd()).Append('\n').ToString();
    }
}
