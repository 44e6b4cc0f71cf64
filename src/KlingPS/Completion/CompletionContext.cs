using System.Collections;
using System.Management.Automation.Language;
using KlingPS.Binding;

namespace KlingPS.Completion;

/// <summary>What stands on the line already.</summary>
internal sealed class CompletionContext(
    string commandName,
    string parameter,
    string word,
    CommandAst? command,
    IDictionary? parameters)
{
    /// <summary>The parameter whose value is completed.</summary>
    internal string Parameter => parameter;

    /// <summary>What is typed of it, with quotes.</summary>
    internal string Word => word;

    /// <summary>Whether the command is the one of that name.</summary>
    internal bool Is(string cmdlet) => cmdlet.Equals(commandName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an argument is a list.</summary>
    internal bool HasList => command?.CommandElements.Any(element => element is ArrayLiteralAst) == true;

    /// <summary>Whether something stands before the command in its pipeline.</summary>
    internal bool IsPiped => Source is not null;

    /// <summary>The text given for another parameter, or null.</summary>
    internal string? Text(string parameter) => ValueTransformationAttribute.TextOf(Value(parameter)?.ToString());

    /// <summary>The tasks given by an argument, or by a variable that is piped.</summary>
    internal IEnumerable<KlingTask> Tasks =>
        ObjectsIn(Value("InputObject") ?? Value("TaskId") ?? Piped).Select(Rehydration.Task).OfType<KlingTask>();

    private CommandBaseAst? Source =>
        command?.Parent is PipelineAst pipeline && pipeline.PipelineElements.IndexOf(command) is > 0 and int index
            ? pipeline.PipelineElements[index - 1]
            : null;

    // Only variables are evaluated: running the piped command could cost money.
    private object? Piped
    {
        get
        {
            if (Source is not CommandExpressionAst { Expression: VariableExpressionAst variable })
            {
                return null;
            }

            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return shell.AddScript(
                "param($Name) $ExecutionContext.SessionState.PSVariable.GetValue($Name)", useLocalScope: true)
                .AddArgument(variable.VariablePath.UserPath)
                .Invoke();
        }
    }

    private object? Value(string parameter) => parameters?.Contains(parameter) == true ? parameters[parameter] : null;

    private static IEnumerable<object> ObjectsIn(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => [],
            string text => [text],
            IEnumerable items when items is not IDictionary => items.Cast<object>().Where(item => item is not null),
            object single => [value is PSObject ? value : single],
        };
}

/// <summary>How long ago something was, as short as the table of tasks says it.</summary>
internal static class Age
{
    internal static string Of(TimeSpan age) =>
        age.TotalSeconds < 99 ? $"{Math.Max(age.TotalSeconds, 0):0} s"
        : age.TotalMinutes < 99 ? $"{age.TotalMinutes:0} m"
        : age.TotalDays < 2 ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}
