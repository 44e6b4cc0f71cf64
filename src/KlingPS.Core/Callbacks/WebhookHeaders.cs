using System.Collections;
using System.Globalization;

namespace KlingPS.Callbacks;

/// <summary>The three headers of the Standard Webhooks specification; null for one that was not sent.</summary>
internal sealed record WebhookHeaders(string? Id, string? Timestamp, string? Signature)
{
    internal const string IdName = "webhook-id";
    internal const string TimestampName = "webhook-timestamp";
    internal const string SignatureName = "webhook-signature";

    /// <summary>The first of them that is missing.</summary>
    internal string? Missing => Id is null ? IdName : Timestamp is null ? TimestampName : Signature is null ? SignatureName : null;

    /// <summary>Finds them in whatever a web server keeps headers in: names in any case, values as texts or lists of texts.</summary>
    internal static WebhookHeaders From(IDictionary headers) =>
        new(Find(headers, IdName), Find(headers, TimestampName), Find(headers, SignatureName));

    // Sent twice, an id or a time fits no signature; signatures are a list anyway.
    private static string? Find(IDictionary headers, string name)
    {
        List<string> values = [];
        foreach (DictionaryEntry header in headers)
        {
            if (name.Equals(header.Key.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                values.AddRange(Texts(header.Value));
            }
        }

        string joined = string.Join(" ", values.Where(value => value.Length > 0));
        return joined.Length > 0 ? joined : null;
    }

    private static IEnumerable<string> Texts(object? value) =>
        value is IEnumerable list and not string ? list.Cast<object?>().Select(Text) : [Text(value)];

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
