namespace KlingPS.Packer;

/// <summary>What the changelog says of the version that is packed: its first section.</summary>
internal sealed class ReleaseNotes
{
    private const string Heading = "## ";

    private ReleaseNotes(string text) => Text = text;

    /// <summary>What is below the heading, with line feeds.</summary>
    internal string Text { get; }

    /// <exception cref="PackException">The changelog has no section, or an empty one.</exception>
    internal static ReleaseNotes Read(string file)
    {
        string[] section = [.. File.ReadAllLines(file).SkipWhile(line => !IsHeading(line))];
        if (section.Length == 0)
        {
            throw new PackException(file, "It has no section to take the release notes from.");
        }

        string text = string.Join('\n', section.Skip(1).TakeWhile(line => !IsHeading(line))).Trim();
        return text.Length > 0
            ? new ReleaseNotes(text)
            : throw new PackException(file, "Its first section is empty, so there are no release notes.");
    }

    private static bool IsHeading(string line) => line.StartsWith(Heading, StringComparison.Ordinal);
}
