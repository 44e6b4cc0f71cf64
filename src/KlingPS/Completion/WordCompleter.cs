using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KlingPS.Completion;

/// <summary>Completes from words known beforehand: those that start with what is typed, else those that hold it.</summary>
/// <remarks>Sends nothing: what is offered is known to the module, the session, or the journal on this machine.</remarks>
public abstract class WordCompleter : IArgumentCompleter
{
    private const int LongestNumber = 9;

    private protected WordCompleter()
    {
    }

    /// <inheritdoc/>
    /// <returns>Null, and not an empty list, to let the engine go on.</returns>
    public IEnumerable<CompletionResult>? CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = wordToComplete ?? "";
        string typed = word.Trim('\'', '"');
        bool mustQuote = word.Length > 0 && word[0] is '\'' or '"';
        char quote = mustQuote ? word[0] : '\'';
        CompletionContext context = new(commandName, parameterName, word, commandAst, fakeBoundParameters);
        if (IsLeftToEngine(context))
        {
            return null;
        }

        Word[] words = [.. Words(context).Where(candidate => !DisplayText.IsUnsafe(candidate.Text))];
        Word[] found = [.. words.Where(candidate => candidate.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];
        if (found.Length == 0)
        {
            found = [.. words.Where(candidate => candidate.Text.IndexOf(typed, StringComparison.OrdinalIgnoreCase) >= 0)];
        }

        return [.. found.Select(candidate => new CompletionResult(
            !mustQuote && IsBare(candidate.Text) ? candidate.Text : Quote(candidate.Text, quote),
            candidate.Shown ?? candidate.Text,
            CompletionResultType.ParameterValue,
            candidate.Tip))];
    }

    /// <summary>Whether the engine is to go on: to another parameter in the same position, and last to paths.</summary>
    private protected virtual bool IsLeftToEngine(CompletionContext context) => false;

    /// <summary>The words, best first.</summary>
    private protected abstract IEnumerable<Word> Words(CompletionContext context);

    // 16:9 and a 19-digit id are no bare words: one is a label, the other a number.
    private static bool IsBare(string word) =>
        word.Length > 0
        && (word[0] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')
            ? word.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-')
            : word.Length <= LongestNumber && word[0] != '0' && word.All(c => c is >= '0' and <= '9'));

    private static string Quote(string word, char quote) =>
        quote == '"' && word.IndexOfAny(['"', '$', '`', '“', '”', '„']) < 0
            ? $"\"{word}\""
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
}

/// <summary>One word to offer.</summary>
/// <param name="Text">The value.</param>
/// <param name="Tip">What it is.</param>
/// <param name="Shown">How a list shows it, where the value alone says too little; starts with the value.</param>
internal sealed record Word(string Text, string Tip, string? Shown = null);
