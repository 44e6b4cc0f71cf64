using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KlingPS.Completion;

/// <summary>Completes from words known beforehand.</summary>
public abstract class WordCompleter : IArgumentCompleter
{
    private protected WordCompleter()
    {
    }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string start = wordToComplete.Trim('\'', '"');
        return Words()
            .Where(word => word.Text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(word => new CompletionResult(Quote(word.Text), word.Text, CompletionResultType.ParameterValue, word.Tip));
    }

    /// <summary>The words and what to say of each.</summary>
    private protected abstract IEnumerable<(string Text, string Tip)> Words();

    // 16:9 and a 19-digit id are no bare words: one is a label, the other a number.
    private static string Quote(string word) => word.All(c => char.IsLetter(c) || c == '-') ? word : $"'{word.Replace("'", "''")}'";
}
