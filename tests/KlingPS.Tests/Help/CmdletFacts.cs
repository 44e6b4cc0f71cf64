using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.PowerShell;

namespace KlingPS.Tests.Help;

/// <summary>What a page has to say of a cmdlet, read from the cmdlet itself.</summary>
internal sealed partial class CmdletFacts(CmdletInfo cmdlet)
{
    private const int SyntaxWidth = 100;

    private readonly object _fresh = Activator.CreateInstance(cmdlet.ImplementingType)!;

    internal string Name => cmdlet.Name;

    internal IReadOnlyList<CommandParameterSetInfo> Sets { get; } = [.. cmdlet.ParameterSets.OrderByDescending(set => set.IsDefault)];

    /// <summary>The parameters that are not common to all cmdlets, in the order of a page.</summary>
    internal IReadOnlyList<string> Parameters { get; } = [.. cmdlet.Parameters.Keys
        .Where(name => !Cmdlet.CommonParameters.Contains(name))
        .Order(StringComparer.Ordinal)];

    internal IEnumerable<string> OutputTypes => cmdlet.OutputType.Select(type => type.Name == typeof(void).FullName ? "None" : type.Name);

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
        var found = Sets.Select(set => (Set: set.Name, Parameter: set.Parameters.FirstOrDefault(parameter => parameter.Name == name)))
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
        return bare == typeof(SwitchParameter) ? nameof(SwitchParameter) : ToStringCodeMethods.Type(PSObject.AsPSObject(bare)).Split('.')[^1];
    }

    private string Default(CommandParameterInfo parameter)
    {
        object? value = cmdlet.ImplementingType.GetProperty(parameter.Name)?.GetValue(_fresh);
        return parameter.ParameterType == typeof(SwitchParameter) ? "False"
            : value is null or "" or ICollection { Count: 0 } || IsZero(value) ? "None"
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    // A number that nothing was given for.
    private static bool IsZero(object value) => value is int or long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0;

    private static string Pipeline(CommandParameterInfo parameter) => (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
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
