using System.Text.RegularExpressions;
using Markdig.Syntax;

namespace KlingPS.HelpGenerator;

/// <summary>A parameter: what is said of it, and its facts in each parameter set it is in.</summary>
internal sealed record Parameter(string Name, IReadOnlyList<string> Text, IReadOnlyList<ParameterFacts> Facts)
{
    /// <summary>
    /// What holds whatever the set, for the one place where Get-Help tells it of all: required only if it always is.
    /// </summary>
    internal ParameterFacts Overall => new(Facts[0].Lines.ToDictionary(
        line => line.Key,
        line => Facts.Select(facts => facts[line.Key]).FirstOrDefault(value => value != Weak(line.Key)) ?? line.Value));

    // The value that gives way to any other.
    private static string Weak(string name) => name switch
    {
        "Required" => "True",
        "Position" => "Named",
        "Accept pipeline input" => "False",
        _ => "",
    };

    internal static Parameter Read(Page page, Section section)
    {
        ParameterFacts[] facts = [.. section.Blocks.OfType<FencedCodeBlock>().Where(block => block.Info == "yaml")
            .Select(block => ParameterFacts.Read(page, block))];
        return section.Name.StartsWith('-') && facts.Length > 0
            ? new Parameter(
                section.Name[1..],
                [.. section.Blocks.Where(block => block is not FencedCodeBlock).SelectMany(PlainText.Paragraphs)],
                facts)
            : throw new PageException(page.File, $"The parameter {section.Name} has no yaml block, or no dash.");
    }
}

/// <summary>The lines of one yaml block of a parameter.</summary>
internal sealed record ParameterFacts(IReadOnlyDictionary<string, string> Lines)
{
    internal string this[string name] => Lines.GetValueOrDefault(name, "");

    internal static ParameterFacts Read(Page page, FencedCodeBlock block)
    {
        Dictionary<string, string> lines = [];
        foreach (string line in PlainText.Code(block).Split('\n').Where(line => line.Length > 0))
        {
            if (line.Split(':', 2) is not [string name, string value] || !lines.TryAdd(name, value.Trim()))
            {
                throw new PageException(page.File, $"The line '{line}' is no name with a value.");
            }
        }

        return new ParameterFacts(lines);
    }
}

/// <summary>One way to call a cmdlet: its parameters in the order the page gives them.</summary>
internal sealed partial record Syntax(IReadOnlyList<(Parameter Parameter, ParameterFacts Facts)> Parameters)
{
    internal static Syntax Read(Page page, string line, IReadOnlyList<Parameter> parameters) =>
        new([.. Names().Matches(line)
        .Select(match => match.Groups[1].Value)
        .Select(name => parameters.FirstOrDefault(parameter => parameter.Name == name)
            ?? throw new PageException(
                page.File, $"The syntax names the parameter {name}, which the page does not describe."))
        .Select(parameter => (parameter, In(parameter, line)))]);

    // Where a parameter is not the same in each set, the brackets tell which of its facts are meant.
    private static ParameterFacts In(Parameter parameter, string line)
    {
        bool isRequired = !line.Contains($"[-{parameter.Name} <", StringComparison.Ordinal)
            && !line.Contains($"[[-{parameter.Name}]", StringComparison.Ordinal);
        return parameter.Facts.FirstOrDefault(
            facts => facts["Required"] == isRequired.ToString()) ?? parameter.Facts[0];
    }

    [GeneratedRegex(@"(?<=[ \[])-(\w+)")]
    private static partial Regex Names();
}
