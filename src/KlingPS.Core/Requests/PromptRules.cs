namespace KlingPS.Requests;

/// <summary>Lengths of prompts, in characters (a character outside the basic plane is one).</summary>
internal static class PromptRules
{
    /// <summary>What the gateway's page documents for prompts.</summary>
    internal const int Documented = 500;

    /// <summary>What the gateway's page documents for the negative prompt of a new video.</summary>
    internal const int DocumentedNegative = 200;

    /// <summary>What the service itself takes.</summary>
    internal const int Hard = 2500;

    /// <returns>A warning when the gateway may refuse the text, else null.</returns>
    /// <exception cref="KlingException">PromptTooLong or InvalidRequest; nothing has been sent.</exception>
    internal static string? Check(string name, string? text, int documented)
    {
        if (text is null)
        {
            return null;
        }

        CheckCharacters(name, text);
        int length = Length(name, text);
        if (length > Hard)
        {
            throw new KlingException(
                KlingError.PromptTooLong, $"-{name} has {length} characters; the service accepts {Hard}.");
        }

        return length > documented
            ? $"-{name} has {length} characters, but the gateway documents {documented} and may refuse it; "
                + "shorten it to be safe."
            : null;
    }

    // A slip such as "`a" for "a". Removing it silently would pay for another prompt.
    private static void CheckCharacters(string name, string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t'))
            {
                throw KlingException.Invalid(
                    $"-{name} contains the control character U+{(int)text[i]:X4} at position {i}.",
                    "Remove it; line breaks and tabs may stay.");
            }
        }
    }

    private static int Length(string name, string text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++, length++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                throw KlingException.Invalid(
                    $"-{name} contains half a character at position {i}, which cannot be sent.");
            }

            i++;
        }

        return length;
    }
}
