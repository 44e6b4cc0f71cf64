using System.Collections;
using System.Text.RegularExpressions;
using Microsoft.PowerShell;

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

    internal IReadOnlyList<string> Parameters =>
        [.. Names("PARAMETERS").Where(name => name.StartsWith('-')).Select(name => name[1..])];

    /// <summary>The pages of cmdlets.</summary>
    internal static IReadOnlyList<HelpPage> All() =>
        [.. Directory.GetFiles(Folder, "*-*.md").Order(StringComparer.Ordinal).Select(Read)];

    internal static HelpPage Of(string cmdlet) => Read(Path.Combine(Folder, cmdlet + ".md"));

    internal IReadOnlyList<string> Names(string section) => [.. Parts(Section(section)).Select(part => part.Name)];

    /// <summary>What stands between a heading of the second level and the next.</summary>
    internal string Section(string name) =>
        Regex.Match(Text, $@"(?<=^## {name}\n).*?(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Value;

    /// <summary>The page with the syntax and the blocks of its parameters as the cmdlet has them.</summary>
    internal string Refreshed(CmdletFacts facts)
    {
        string parameters = Section("PARAMETERS");
        string refreshed = parameters;
        foreach (string name in facts.Parameters)
        {
            string blocks = string.Concat(facts.Blocks(name).Select(block => $"```yaml\n{block}\n```\n\n"));
            refreshed = Regex.Replace(
                refreshed, $@"(?<=^### -{name}\n(?:(?!^###? ).)*?)(?:```yaml\n[^`]*```\n\n)+", _ => blocks,
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
}

/// <summary>What a page has to say of a cmdlet, read from the cmdlet itself.</summary>
internal sealed partial class CmdletFacts(CmdletInfo cmdlet)
{
    private const int SyntaxWidth = 100;

    private readonly object _fresh = Activator.CreateInstance(cmdlet.ImplementingType)!;

    internal string Name => cmdlet.Name;

    internal IReadOnlyList<CommandParameterSetInfo> Sets { get; } = [.. cmdlet.ParameterSets.OrderByDescending(
        set => set.IsDefault)];

    /// <summary>The parameters that are not common to all cmdlets, in the order of a page.</summary>
    internal IReadOnlyList<string> Parameters { get; } = [.. cmdlet.Parameters.Keys
        .Where(name => !Cmdlet.CommonParameters.Contains(name))
        .Order(StringComparer.Ordinal)];

    internal IEnumerable<string> OutputTypes =>
        cmdlet.OutputType.Select(type => type.Name == typeof(void).FullName ? "None" : type.Name);

    /// <summary>The types that bind from the pipeline as they are.</summary>
    internal IEnumerable<string> InputTypes => Sets.SelectMany(set => set.Parameters)
        .Where(parameter => parameter.ValueFromPipeline)
        .Select(parameter => (parameter.ParameterType.GetElementType() ?? parameter.ParameterType).FullName!)
        .Distinct();

    /// <summary>The section SYNTAX, as PowerShell itself writes it.</summary>
    internal string Syntax()
    {
        StringBuilder text = new();
        foreach (CommandParameterSetInfo set in Sets)
        {
            if (Sets.Count > 1)
            {
                text.Append("### ").Append(set.Name).Append(set.IsDefault ? " (Default)" : "").Append("\n\n");
            }

            text.Append("```\n").Append(Wrapped($"{cmdlet.Name} {set}".Trim())).Append("\n```\n\n");
        }

        return text.ToString();
    }

    /// <summary>The blocks of a parameter: one, or one for each way in which its sets differ.</summary>
    internal IReadOnlyList<string> Blocks(string name)
    {
        var found = Sets.Select(
            set => (Set: set.Name, Parameter: set.Parameters.FirstOrDefault(parameter => parameter.Name == name)))
            .Where(item => item.Parameter is not null)
            .GroupBy(item => Facts(item.Parameter!), item => item.Set)
            .ToArray();
        return [.. found.Select(group =>
        {
            string sets = group.Count() == Sets.Count ? "(All)" : string.Join(", ", group);
            return string.Format(CultureInfo.InvariantCulture, group.Key, sets);
        })];
    }

    private string Facts(CommandParameterInfo parameter) => $"""
        Type: {TypeName(parameter.ParameterType)}
        Parameter Sets: {"{0}"}
        Aliases: {string.Join(", ", parameter.Aliases)}

        Required: {parameter.IsMandatory}
        Position: {(parameter.Position >= 0 ? parameter.Position.ToString(CultureInfo.InvariantCulture) : "Named")}
        Default value: {Default(parameter)}
        Accept pipeline input: {Pipeline(parameter)}
        Accept wildcard characters: False
        """.ReplaceLineEndings("\n").Replace("Aliases: \n", "Aliases:\n");

    private static string TypeName(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(SwitchParameter)
            ? nameof(SwitchParameter)
            : ToStringCodeMethods.Type(PSObject.AsPSObject(bare)).Split('.')[^1];
    }

    private string Default(CommandParameterInfo parameter)
    {
        object? value = cmdlet.ImplementingType.GetProperty(parameter.Name)?.GetValue(_fresh);
        return parameter.ParameterType == typeof(SwitchParameter) ? "False"
            : value is null or "" or ICollection { Count: 0 } || IsZero(value) ? "None"
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    // A number that nothing was given for.
    private static bool IsZero(object value) =>
        value is int or long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0;

    private static string Pipeline(CommandParameterInfo parameter) =>
        (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string Wrapped(string line)
    {
        StringBuilder text = new();
        int length = 0;
        foreach (string part in BeforeParameter().Split(line))
        {
            if (length + part.Length >= SyntaxWidth)
            {
                text.Append("\n   ");
                length = 3;
            }

            text.Append(length > 0 ? " " : "").Append(part);
            length += part.Length + 1;
        }

        return text.ToString();
    }

    [GeneratedRegex(@" (?=\[|-)")]
    private static partial Regex BeforeParameter();
}
