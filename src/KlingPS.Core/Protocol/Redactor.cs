using System.Text.RegularExpressions;

namespace KlingPS.Protocol;

/// <summary>Makes foreign text fit to be shown: without the key, without signed queries, without control characters.</summary>
internal static class Redactor
{
    private const int MaxLength = 500;

    // A shorter word is no secret, and removing it would garble every message.
    private const int MinKeyLength = 4;

    // In a JSON text a slash, a question mark and an ampersand may stand escaped.
    private static readonly Regex Query = new(
        @"(?<address>https?:\\?/\\?/[^\s""'<>?]+?)(\?|\\u003[fF])[^\s""'<>]*",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>A body for -Debug: whole, but bounded.</summary>
    internal static string Body(string text, string? key) => Shorten(WithoutSecrets(text, key), 8 * MaxLength);

    /// <summary>A message of the service: one line, bounded.</summary>
    internal static string Message(string text, string? key)
    {
        char[] line = WithoutSecrets(text, key).ToCharArray();
        for (int i = 0; i < line.Length; i++)
        {
            // Escape sequences in a foreign message would be carried out by the terminal.
            if (char.IsControl(line[i]))
            {
                line[i] = ' ';
            }
        }

        return Shorten(new string(line).Trim(), MaxLength);
    }

    private static string WithoutSecrets(string text, string? key)
    {
        string clean = Query.Replace(text, "${address}?…");
        return key is { Length: >= MinKeyLength } ? clean.Replace(key, "[key]") : clean;
    }

    private static string Shorten(string text, int limit) =>
        text.Length <= limit ? text : text.Substring(0, limit) + "…";
}
