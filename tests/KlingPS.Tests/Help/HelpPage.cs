using System.Text.RegularExpressions;

namespace KlingPS.Tests.Help;

/// <summary>A page of docs/en-US as text.</summary>
internal sealed partial class HelpPage
{
    private HelpPage(string file, string text)
    {
        File = file;
        Text = text;
    }

    internal static string Folder { get; } = Path.Combine(Repository.Root, "docs", "en-US");

    internal string File { get; }

    internal string Name => Path.GetFileNameWithoutExtension(File);

    internal string Text { get; }

    internal IReadOnlyList<string> Parameters => [.. Names("PARAMETERS").Where(name => name.StartsWith('-')).Select(name => name[1..])];

    internal IReadOnlyList<(string Title, string Code)> Examples =>
        [.. Parts(Section("EXAMPLES")).Select(part => (part.Name, PowerShell().Match(part.Text).Groups[1].Value))];

    /// <summary>The pages of cmdlets.</summary>
    internal static IReadOnlyList<HelpPage> All() =>
        [.. Directory.GetFiles(Folder, "*.md").Where(file => !Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read)];

    internal static HelpPage Of(string cmdlet) => Read(Path.Combine(Folder, cmdlet + ".md"));

    internal IReadOnlyList<string> Names(string section) => [.. Parts(Section(section)).Select(part => part.Name)];

    /// <summary>What stands between a heading of the second level and the next.</summary>
    internal string Section(string name) => Regex.Match(Text, $@"(?<=^## {name}\n).*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Value;

    /// <summary>The page with the syntax and the blocks of its parameters as the cmdlet has them.</summary>
    internal string Refreshed(CmdletFacts facts)
    {
        string parameters = Section("PARAMETERS");
        string refreshed = parameters;
        foreach (string name in facts.Parameters)
        {
            string blocks = string.Concat(facts.Blocks(name).Select(block => $"```yaml\n{block}\n```\n\n"));
            refreshed = Regex.Replace(
                refreshed,
                $@"(?<=^### -{name}\n(?:(?!^###? ).)*?)(?:```yaml\n[^`]*```\n\n)+",
                _ => blocks,
                RegexOptions.Multiline | RegexOptions.Singleline);
        }

        return Text
            .Replace($"## SYNTAX\n{Section("SYNTAX")}", $"## SYNTAX\n\n{facts.Syntax()}", StringComparison.Ordinal)
            .Replace(parameters, refreshed, StringComparison.Ordinal);
    }

    private static HelpPage Read(string file) => new(file, System.IO.File.ReadAllText(file).ReplaceLineEndings("\n"));

    private static IEnumerable<(string Name, string Text)> Parts(string section) =>
        Part().Matches(section).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    [GeneratedRegex(@"^### (.*?)\n(.*?)(?=^### |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"```powershell\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex PowerShell();
}
