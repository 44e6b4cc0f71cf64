namespace KlingPS;

/// <summary>What single characters do to a text that is shown or sent.</summary>
internal static class Characters
{
    /// <summary>True for what a terminal or an editor carries out instead of showing it: controls, line ends, turned writing.</summary>
    internal static bool Steers(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>The first so many characters, less one where that would leave half a pair.</summary>
    internal static string Start(string text, int length) =>
        text.Length <= length ? text
        : text.Substring(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);
}
