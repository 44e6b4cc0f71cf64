using System.Text.Json;

namespace KlingPS.Internal;

/// <summary>Reads fields that real bodies leave out, null, or write in another type.</summary>
internal static class TolerantJson
{
    // The year 9000: later values are not times, and adding to them would overflow.
    internal const long MaxMilliseconds = 221_845_392_000_000;

    // Each costs an exception, so their number is bounded.
    private const int MostOddNames = 16;

    /// <summary>A document, with or without a byte order mark; null for what is none.</summary>
    internal static JsonDocument? Parse(byte[]? body)
    {
        try
        {
            // A missing body counts as an empty one, which is not a document.
            bool hasByteOrderMark = body.AsSpan().StartsWith("\uFEFF"u8);
            return JsonDocument.Parse(hasByteOrderMark ? body.AsMemory(3) : body.AsMemory());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static JsonElement? Object(this JsonElement element, ReadOnlySpan<byte> name) =>
        Field(element, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    internal static JsonElement? Field(this JsonElement element, ReadOnlySpan<byte> name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
                && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
                    ? value
                    : null;
        }
        catch (InvalidOperationException)
        {
            // Another property's name contains a lone surrogate.
            return FieldAmongOdd(element, name);
        }
    }

    /// <summary>A string, or a number as it stands in the text: a 19-digit id must not pass through a double.</summary>
    internal static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => Field(element, name) switch
    {
        { ValueKind: JsonValueKind.String } value => StringOf(value),
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => null,
    };

    internal static string? NonEmpty(this JsonElement element, ReadOnlySpan<byte> name) =>
        Text(element, name) is { Length: > 0 } text ? text : null;

    /// <summary>Unix milliseconds, written as a number or as a string.</summary>
    internal static DateTimeOffset? UnixMilliseconds(this JsonElement element, ReadOnlySpan<byte> name)
    {
        long ms = 0;
        bool isWhole = Field(element, name) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out ms),
            { ValueKind: JsonValueKind.String } text =>
                long.TryParse(StringOf(text), NumberStyles.Integer, CultureInfo.InvariantCulture, out ms),
            _ => false,
        };
        return isWhole && ms is > 0 and < MaxMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    /// <summary>Unix seconds, as gateways write their own times.</summary>
    internal static DateTimeOffset? UnixSeconds(this JsonElement element, ReadOnlySpan<byte> name) =>
        Decimal(element, name) is { } seconds and > 0 and < MaxMilliseconds / 1000
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>A number, or its text.</summary>
    internal static decimal? Decimal(this JsonElement element, ReadOnlySpan<byte> name) =>
        decimal.TryParse(
            Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    /// <summary>Seconds as a decimal string ("5.1") or number.</summary>
    internal static TimeSpan? Seconds(this JsonElement element, ReadOnlySpan<byte> name) =>
        Decimal(element, name) is { } seconds and > 0 and < 86_400
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;

    internal static Uri? WebAddress(this JsonElement element, ReadOnlySpan<byte> name) =>
        Internal.WebAddress.Parse(Text(element, name));

    // Like TryGetProperty, the last duplicate wins.
    private static JsonElement? FieldAmongOdd(JsonElement element, ReadOnlySpan<byte> name)
    {
        JsonElement? found = null;
        int odd = 0;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            try
            {
                found = property.NameEquals(name) ? property.Value : found;
            }
            catch (InvalidOperationException) when (++odd <= MostOddNames)
            {
                // This one has an unreadable name.
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate cannot become a .NET string.
            return null;
        }
    }
}
