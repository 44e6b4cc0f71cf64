namespace KlingPS.Internal;

/// <summary>The one way of foreign text to a terminal: of the service, of a row or of the journal.</summary>
internal static class DisplayText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// True for what a terminal carries out instead of showing it: controls, line ends, turned writing.
    /// </summary>
    internal static bool IsControl(char c) =>
        char.IsControl(c)
        || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Whether the text holds anything that is carried out, turns the writing, or cannot be seen.</summary>
    internal static bool IsUnsafe(string text, bool keepLines = false)
    {
        for (int i = 0; i < text.Length;)
        {
            int width = WidthAt(text, i, keepLines, out bool isUnsafe);
            if (isUnsafe)
            {
                return true;
            }

            i += width;
        }

        return false;
    }

    /// <summary>A value as a message names it: one line, steering nothing, and of a length that can be read.</summary>
    internal static string ToDisplay(string text, int limit = 100) =>
        Replace(Truncate(text, limit), Replacement) + (text.Length > limit ? "…" : "");

    /// <summary>A message as a host may show it: the same, with its lines and of any length.</summary>
    internal static string ToLines(string text) => Replace(text, Replacement, keepLines: true);

    /// <summary>Puts something in the place of all that is unsafe.</summary>
    internal static string Replace(string text, char replacement, bool keepLines = false) =>
        Rewrite(text, keepLines, (safe, _) => safe.Append(replacement));

    /// <summary>JSON that means the same and shows what was unsafe in it by its number.</summary>
    internal static string EscapeJson(string json) =>
        Rewrite(json, keepLines: true, (safe, unit) =>
        {
            foreach (char c in unit)
            {
                safe.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        });

    /// <summary>An argument of a command that is offered for pasting.</summary>
    /// <remarks>PowerShell takes typographic quotes for quotes too.</remarks>
    internal static string QuoteArgument(string text)
    {
        StringBuilder quoted = new("'");
        foreach (char c in Replace(text, Replacement))
        {
            quoted.Append(c, c is '\'' or (>= '\u2018' and <= '\u201B') ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>Where half of a surrogate pair stands alone, which is no character; -1 where none does.</summary>
    internal static int IndexOfLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !IsPair(text, i++))
            {
                return i - 1;
            }
        }

        return -1;
    }

    /// <summary>The first so many characters, less one where that would leave half a pair.</summary>
    internal static string Truncate(string text, int length) =>
        text.Length <= length ? text
        : text.Substring(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);

    private static string Rewrite(string text, bool keepLines, Action<StringBuilder, string> append)
    {
#if NET
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }
#endif
        StringBuilder? safe = null;
        for (int i = 0; i < text.Length;)
        {
            int width = WidthAt(text, i, keepLines, out bool isUnsafe);
            if (isUnsafe)
            {
                safe ??= new StringBuilder(text, 0, i, text.Length + 16);
                append(safe, text.Substring(i, width));
            }
            else
            {
                safe?.Append(text, i, width);
            }

            i += width;
        }

        return safe?.ToString() ?? text;
    }

    // The length in chars of the character here, and whether it may be shown.
    private static int WidthAt(string text, int i, bool keepLines, out bool isUnsafe)
    {
        char c = text[i];
        if (c is >= ' ' and <= '~')
        {
            isUnsafe = false;
            return 1;
        }

        if (char.IsSurrogate(c))
        {
            bool isPair = IsPair(text, i);
            isUnsafe = !isPair || IsInvisible(text, i, char.ConvertToUtf32(c, text[i + 1]));
            return isPair ? 2 : 1;
        }

        bool isWriting = keepLines && (c is '\n' or '\t' || (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n'));
        isUnsafe = !isWriting && (IsControl(c) || IsInvisible(text, i, c));
        return 1;
    }

    private static bool IsPair(string text, int i) => i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);

    // Format characters (zero-width, bidi, tags) and others that Unicode ignores by default. Variation
    // selectors after a symbol are part of the writing.
    private static bool IsInvisible(string text, int i, int point) => point switch
    {
        0xFE0E or 0xFE0F => i == 0 || IsVariedByNone(text[i - 1]),
        (>= 0xFE00 and <= 0xFE0D) or (>= 0xE0000 and <= 0xE0FFF) => true,
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 => true,
        0x3164 or 0xFFA0 => true,
        _ => CharUnicodeInfo.GetUnicodeCategory(text, i) == UnicodeCategory.Format,
    };

    private static bool IsVariedByNone(char c) =>
        char.IsLetter(c) || char.IsWhiteSpace(c) || c is >= '\uFE00' and <= '\uFE0F';
}
