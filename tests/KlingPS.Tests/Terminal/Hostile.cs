using System.Globalization;
using System.Text;

namespace KlingPS.Tests.Terminal;

/// <summary>What a service, a row or a journal may hold to do something to whoever looks at it.</summary>
internal static class Hostile
{
    /// <summary>Each does something else.</summary>
    internal static string[] All { get; } =
    [
        "\u001b[2J\u001b]0;title\u0007",
        "\u009b31m\u0090",
        "a\rb\nc\bd\u007f",
        "\u202Egnp.exe\u2066x",
        "\u200E\u200F\u061Cx",
        "a\u200B\u200C\u200D\u2060\uFEFFb",
        "\U000E0041\U000E007Fx",
        "\u2028x\u2029",
        "x\uFE01\uFE0F\uFE0F",
        "\u00ADx\u3164",
        "\uD83Dx",
        "’;$(calc);‘",
        "‚;calc;‛`u{1b}",
        "';calc;'\"$(calc)\"",
    ];

    /// <summary>All of it in one text.</summary>
    internal static string Text { get; } = string.Join("-", All);

    /// <summary>The same without what can be in no JSON text and in no .NET string from one.</summary>
    internal static string WholeText { get; } = Text.Replace("\uD83D", "", StringComparison.Ordinal);

    /// <summary>The first character that a terminal would carry out, that turns writing, or that nobody sees; null when there is none.</summary>
    internal static string? FirstIn(string? text)
    {
        string searched = text ?? "";
        for (int i = 0; i < searched.Length; i++)
        {
            bool isPair = i + 1 < searched.Length && char.IsSurrogatePair(searched[i], searched[i + 1]);
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(searched, i);
            bool isLine = searched[i] is '\n' or '\t' || (searched[i] == '\r' && i + 1 < searched.Length && searched[i + 1] == '\n');
            bool isUnsafe = category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
                || searched[i] is '\u3164' or (>= '\uFE00' and <= '\uFE0F');
            if (isUnsafe && !isLine)
            {
                string around = searched.Substring(Math.Max(0, i - 30), Math.Min(60, searched.Length - Math.Max(0, i - 30)));
                return $"U+{(isPair ? char.ConvertToUtf32(searched[i], searched[i + 1]) : searched[i]):X4} at {i} of: {Escaped(around)}";
            }

            i += isPair ? 1 : 0;
        }

        return null;
    }

    private static string Escaped(string text) => text.Aggregate(
        new StringBuilder(),
        (all, c) => c is >= ' ' and <= '~' ? all.Append(c) : all.Append(CultureInfo.InvariantCulture, $"<{(int)c:X4}>")).ToString();
}
