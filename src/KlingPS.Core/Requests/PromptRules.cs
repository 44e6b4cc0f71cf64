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

        // A slip such as "`a" for "a". Removing it silently would pay for another prompt.
        int control = Array.FindIndex(text.ToCharArray(), c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
        if (control >= 0)
        {
            throw KlingException.Invalid(
                $"-{name} contains the control character U+{(int)text[control]:X4} at position {control}.",
                "Remove it; line breaks and tabs may stay.");
        }

        if (DisplayText.IndexOfLoneSurrogate(text) is >= 0 and int half)
        {
            throw KlingException.Invalid(
                $"-{name} contains half a character at position {half}, which cannot be sent.");
        }

        int length = text.Count(c => !char.IsLowSurrogate(c));
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
}
