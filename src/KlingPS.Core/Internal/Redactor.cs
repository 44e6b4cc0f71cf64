using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;

namespace KlingPS.Internal;

/// <summary>
/// Makes foreign text fit to be shown: without the key, without signed queries, without what steers a terminal.
/// </summary>
internal static class Redactor
{
    private const int MaxLength = 500;

    // Removing a shorter text would garble every message.
    private const int MinKeyLength = 4;

    // Slashes, question marks and ampersands may be escaped, also twice, in JSON inside JSON. The query is
    // optional in the pattern, so that the time stays proportional to the length.
    private static readonly Regex Address = new(
        @"(?<address>https?:\\*/\\*/(?>[^\s""'<>?\\]+|\\(?!u003f))*)(?<query>(?:\?|\\u003f)[^\s""'<>]*)?",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    // The signature by name, for a URL that is not written out.
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

    // Most texts contain neither, and this search is far cheaper than a regular expression.
    private static string WithoutSecrets(string text, string? key)
    {
        string clean = Holds(text, "http")
            ? Address.Replace(
                text, found => found.Groups["query"].Success ? found.Groups["address"].Value + "?…" : found.Value)
            : text;
        clean = Holds(clean, "ecret") ? Signature.Replace(clean, "${name}…") : clean;
        return key is { Length: >= MinKeyLength } ? KeyForms.Of(key).Remove(clean) : clean;
    }

    private static bool Holds(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;

    private static string Shorten(string text, int limit) =>
        text.Length <= limit ? text : DisplayText.Truncate(text, limit) + "…";
}

/// <summary>A key in each form in which an answer may give it back: in any case, escaped, or encoded.</summary>
internal sealed class KeyForms
{
    // Encoded forms of a shorter key would occur in other texts by chance.
    private const int MinEncodedLength = 8;

    private const int MostPassing = 4;

    private static readonly ConcurrentDictionary<string, KeyForms> Known = new(StringComparer.Ordinal);

    private readonly string _key;

    // Made when a text that may hold the key is met: it is slow to make and to run.
    private readonly Lazy<Regex> _forms;

    // An unescaped form contains one of these, ignoring case.
    private readonly List<string> _parts;

    // What belongs to the key, and the latest of what was made of it: they are removed with it.
    private readonly List<KeyForms> _lasting = [];
    private readonly List<KeyForms> _passing = [];

    // Both and the key itself. The longest first: a token holds the access key, and must be found whole.
    private volatile KeyForms[] _all;

    private KeyForms(string key)
    {
        _key = key;
        List<string> hex = [];
        List<string> base64 = [];
        if (key.Length >= MinEncodedLength)
        {
            foreach (Encoding encoding in new[] { Encoding.UTF8, Encoding.Unicode })
            {
                byte[] bytes = encoding.GetBytes(key);
                hex.Add(Platform.Hex(bytes, bytes.Length));
                base64.AddRange(Base64(bytes));
            }
        }

        _parts = [key, .. hex];
        base64.ForEach(form => _parts.Add(LongestUnescaped(form)));
        _forms = new Lazy<Regex>(() => new Regex(
            string.Join(
                "|",
                [
                    $"(?i:{string.Concat(key.Select(Escaped))})",
                    .. hex.Select(form => $"(?i:{form})"),
                    .. base64.Select(form => string.Concat(form.Select(EscapedBase64)) + "[A-Za-z0-9+/_-]?={0,2}"),
                ]),
            RegexOptions.CultureInvariant));
        _all = [this];
    }

    /// <summary>The forms of this key, made once for all texts that are looked through while it is in use.</summary>
    internal static KeyForms Of(string key) => Known.GetOrAdd(key, static known => new KeyForms(known));

    /// <summary>Keeps nothing of the key any more.</summary>
    internal static void Forget(string key) => Known.TryRemove(key, out _);

    /// <summary>Looks for another secret too wherever this key is looked for.</summary>
    /// <param name="isPassing">Whether others take its place, of which the latest few are kept.</param>
    internal static void Include(string key, string other, bool isPassing)
    {
        KeyForms forms = Of(key);
        if (Array.Exists(forms._all, known => known._key == other))
        {
            return;
        }

        lock (forms)
        {
            List<KeyForms> list = isPassing ? forms._passing : forms._lasting;
            list.Add(new KeyForms(other));
            forms._passing.RemoveRange(0, Math.Max(0, forms._passing.Count - MostPassing));
            forms._all =
            [
                .. forms._lasting.Concat(forms._passing).Append(forms).OrderByDescending(known => known._key.Length),
            ];
        }
    }

    internal bool AreIn(string text) => Array.Exists(_all, known => known.OwnAreIn(text));

    internal string Remove(string text)
    {
        foreach (KeyForms known in _all)
        {
            text = known.RemoveOwn(text);
        }

        return text;
    }

    private bool OwnAreIn(string text) => MayBeIn(text) && _forms.Value.IsMatch(text);

    private string RemoveOwn(string text) => MayBeIn(text) ? _forms.Value.Replace(text, "[key]") : text;

    // Nearly every text is shorter than the key, which no form is, or has neither an escape nor an unescaped form.
    // A letter outside ASCII may equal one of the key's where case is ignored.
    private bool MayBeIn(string text)
    {
        if (text.Length < _key.Length)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (c is '\\' or '%' or ';' or > '\u007f')
            {
                return true;
            }
        }

        foreach (string part in _parts)
        {
            if (text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // Bounded counts keep the time linear for long runs of backslashes.
    private static string Escaped(char c)
    {
        string hex = ((int)c).ToString("x2", CultureInfo.InvariantCulture);
        string number = ((int)c).ToString(CultureInfo.InvariantCulture);
        string html = WebUtility.HtmlEncode(c.ToString());
        string named = html.Length > 1 && html[1] != '#' ? "|" + html : "";
        return $@"(?:\\{{0,7}}{Regex.Escape(c.ToString())}|\\{{1,7}}(?:u00|x){hex}|%(?:25){{0,3}}{hex}"
            + $@"|&\#0{{0,5}}{number};|&\#x0{{0,4}}{hex};{named})";
    }

    // There are three alignments; of each, take the part that depends on the key alone.
    private static IEnumerable<string> Base64(byte[] bytes)
    {
        for (int before = 0; before < 3; before++)
        {
            string text = Convert.ToBase64String([.. new byte[before], .. bytes]);
            int start = ((before * 8) + 5) / 6;
            int end = (before + bytes.Length) * 8 / 6;
            yield return text.Substring(start, end - start);
        }
    }

    private static string LongestUnescaped(string base64)
    {
        string longest = "";
        foreach (string part in base64.Split('+', '/'))
        {
            longest = part.Length > longest.Length ? part : longest;
        }

        return longest;
    }

    private static string EscapedBase64(char c) => c switch
    {
        '+' => @"(?:[+-]|\\{1,7}u002[bB]|%(?:25){0,3}2[bB])",
        '/' => @"(?:\\{0,7}/|_|\\{1,7}u002[fF]|%(?:25){0,3}2[fF])",
        _ => c.ToString(),
    };
}
