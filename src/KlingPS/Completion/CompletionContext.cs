using System.Collections;
using System.Management.Automation.Language;
using KlingPS.Binding;

namespace KlingPS.Completion;

/// <summary>What stands on the line already.</summary>
/// <param name="Parameter">The one whose value is completed.</param>
/// <param name="Word">What is typed of it, with quotes.</param>
internal sealed record CompletionContext(
    string CommandName,
    string Parameter,
    string Word,
    CommandAst? Command,
    IDictionary? Parameters)
{
    /// <summary>Whether the command is the one of that name.</summary>
    internal bool Is(string cmdlet) => cmdlet.Equals(CommandName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an argument is a list.</summary>
    internal bool HasList => Command?.CommandElements.Any(element => element is ArrayLiteralAst) == true;

    /// <summary>Whether something stands before the command in its pipeline.</summary>
    internal bool IsPiped => Source is not null;

    /// <summary>The text given for another parameter, or null.</summary>
    internal string? Text(string parameter) => ValueTransformationAttribute.TextOf(Value(parameter)?.ToString());

    /// <summary>The tasks given by an argument, or by a variable that is piped.</summary>
    internal IEnumerable<KlingTask> Tasks =>
        ObjectsIn(Value("InputObject") ?? Value("TaskId") ?? Piped).Select(Rehydration.Task).OfType<KlingTask>();

    private CommandBaseAst? Source =>
        Command?.Parent is PipelineAst pipeline && pipeline.PipelineElements.IndexOf(Command) is > 0 and int index
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

    private object? Value(string parameter) => Parameters?.Contains(parameter) == true ? Parameters[parameter] : null;

    private static IEnumerable<object> ObjectsIn(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => [],
            string text => [text],
            IEnumerable items when items is not IDictionary => items.Cast<object>().Where(item => item is not null),
            object single => [value is PSObject ? value : single],
        };
}
