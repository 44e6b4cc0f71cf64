namespace KlingPS;

/// <summary>What single characters do to a text that is shown or sent.</summary>
internal static class Characters
{
    /// <summary>True for what a terminal or an editor carries out instead of showing it: controls, line ends, turned writing.</summary>
    internal static bool Steers(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>A value somebody gave, as a message names it: one line, steering nothing, and of a length that can be read.</summary>
    internal static string Shown(string text, int limit = 100)
    {
        char[] shown = Start(text, limit).ToCharArray();
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = Steers(shown[i]) || IsHalf(shown, i) ? '\uFFFD' : shown[i];
        }

        return new string(shown) + (text.Length > limit ? "…" : "");
    }

    /// <summary>Whether half of a pair stands alone somewhere, which is no character.</summary>
    internal static bool HasHalf(string text)
    {
        char[] characters = text.ToCharArray();
        return Enumerable.Range(0, characters.Length).Any(i => IsHalf(characters, i));
    }

    private static bool IsHalf(char[] text, int i) =>
        char.IsSurrogate(text[i])
        && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
        && !(i > 0 && char.IsSurrogatePair(text[i - 1], text[i]));

    /// <summary>The first so many characters, less one where that would leave half a pair.</summary>
    internal static string Start(string text, int length) =>
        text.Length <= length ? text
        : text.Substring(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);
}
