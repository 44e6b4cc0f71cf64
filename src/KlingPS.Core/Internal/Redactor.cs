using System.Text.RegularExpressions;

namespace KlingPS.Internal;

/// <summary>Makes foreign text fit to be shown: without the key, without signed queries, without what steers a terminal.</summary>
internal static class Redactor
{
    private const int MaxLength = 500;

    // A shorter word is no secret, and removing it would garble every message.
    private const int MinKeyLength = 4;

    // In a JSON text, and in a JSON text inside another, a slash, a question mark and an ampersand may stand escaped.
    // An address without a query is matched too: a query looked for in vain from every "http://" anew would cost time with
    // the square of the text's length.
    private static readonly Regex Address = new(
        @"(?<address>https?:\\*/\\*/(?>[^\s""'<>?\\]+|\\(?!u003f))*)(?<query>(?:\?|\\u003f)[^\s""'<>]*)?",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    // The signature by its own name, for an address that is not written out.
    private static readonly Regex Signature = new(
        @"(?<name>ksSecret(?:=|%3D))[^\s""'<>&\\]+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>A body for -Debug: with its lines, but bounded.</summary>
    internal static string Body(string text, string? key) =>
        Shorten(DisplayText.Replace(WithoutSecrets(text, key), ' ', keepLines: true), 8 * MaxLength);

    /// <summary>A message of the service: one line, bounded.</summary>
    internal static string Message(string text, string? key) =>
        Shorten(DisplayText.Replace(WithoutSecrets(text, key), ' ').Trim(), MaxLength);

    /// <summary>Whether the key is in a text, in whichever form.</summary>
    internal static bool HoldsKey(string text, string? key) =>
        key is { Length: >= MinKeyLength } && KeyForms.Of(key).AreIn(text);

    // Nearly every text holds neither, and to look for what both have in common is far cheaper than an expression.
    private static string WithoutSecrets(string text, string? key)
    {
        string clean = Holds(text, "http")
            ? Address.Replace(text, found => found.Groups["query"].Success ? found.Groups["address"].Value + "?…" : found.Value)
            : text;
        clean = Holds(clean, "ecret") ? Signature.Replace(clean, "${name}…") : clean;
        return key is { Length: >= MinKeyLength } ? KeyForms.Of(key).Remove(clean) : clean;
    }

    private static bool Holds(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;

    private static string Shorten(string text, int limit) =>
        text.Length <= limit ? text : DisplayText.Truncate(text, limit) + "…";
}
