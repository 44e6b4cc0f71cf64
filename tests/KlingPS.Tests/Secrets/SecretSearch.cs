using System.Text;

namespace KlingPS.Tests.Secrets;

/// <summary>Looks for secrets in whatever it is given, and counts what it looked through.</summary>
internal sealed class SecretSearch
{
    private readonly List<(string Name, string Text)> _secrets = [];
    private readonly HashSet<string> _userOwned = new(StringComparer.Ordinal);
    private readonly List<string> _hits = [];

    internal long Bytes { get; private set; }

    internal IReadOnlyList<string> Hits => _hits;

    /// <summary>A key, also as it would stand in a header, an address, or encoded.</summary>
    internal void AddKey(string key)
    {
        _secrets.Add(("the key", key));
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        _secrets.Add(("the key URL-encoded", string.Concat(key.Select(c => $"%{(int)c:x2}"))));
        _secrets.Add(("the key \\u-escaped", string.Concat(key.Select(c => $"\\u{(int)c:x4}"))));
        _secrets.Add(("the key in base64", Convert.ToBase64String(bytes).TrimEnd('=')));
        _secrets.Add(("the key in base64 of more", Convert.ToBase64String([0, .. bytes])[3..^4]));
        _secrets.Add(("the key in base64 of more", Convert.ToBase64String([0, 0, .. bytes])[4..^4]));
        _secrets.Add(("the key in base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes(key)).TrimEnd('=')));
        _secrets.Add(("the key in hexadecimal", Convert.ToHexString(bytes)));
    }

    /// <summary>The key in every form that is looked for, as a service could give it back.</summary>
    internal static string Echo(string key)
    {
        SecretSearch forms = new();
        forms.AddKey(key);
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        return string.Join(' ',
        [
            .. forms._secrets.Where(secret => !secret.Name.EndsWith("of more", StringComparison.Ordinal)).Select(secret => secret.Text),
            Convert.ToBase64String([1, .. bytes, 1]),
            Convert.ToBase64String([1, 2, .. bytes, 1]),
            key.ToUpperInvariant(),
        ]);
    }

    /// <summary>The address of a video: a task's Url may hold it, nothing else.</summary>
    internal void AddSigned(Uri url)
    {
        _secrets.Add(("a signed query", url.Query.TrimStart('?')));
        _secrets.Add(("the signature of a query", url.Query.Split('&').Single(part => part.StartsWith("ksSecret=", StringComparison.Ordinal))));
        _userOwned.Add(url.AbsoluteUri);
        _userOwned.Add(System.Security.SecurityElement.Escape(url.AbsoluteUri)!);
        _userOwned.Add(url.AbsoluteUri.Replace("&", "\\u0026", StringComparison.Ordinal));
    }

    /// <param name="where">Where the text is from.</param>
    /// <param name="text">All of it.</param>
    /// <param name="isObject">True for an object in full, whose Url property is the user's own.</param>
    internal void Look(string where, string? text, bool isObject = false)
    {
        string searched = text ?? "";
        Bytes += Encoding.UTF8.GetByteCount(searched);
        if (isObject)
        {
            searched = _userOwned.Aggregate(searched, (rest, own) => rest.Replace(own, "", StringComparison.Ordinal));
        }

        foreach ((string name, string secret) in _secrets)
        {
            if (searched.Contains(secret, StringComparison.OrdinalIgnoreCase))
            {
                _hits.Add($"{where} holds {name}.");
            }
        }
    }
}
