using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>Reads the properties of an object that came back from CliXml, JSON or CSV.</summary>
internal sealed class ObjectFields
{
    private readonly PSObject _source;

    private ObjectFields(PSObject source) => _source = source;

    /// <returns>Null when the object cannot have properties of its own.</returns>
    internal static ObjectFields? Of(object? candidate)
    {
        PSObject? source = candidate is null ? null : PSObject.AsPSObject(candidate);
        return source?.BaseObject switch
        {
            null or string or ValueType => null,
            IDictionary map => new ObjectFields(FromMap(map)),
            _ => new ObjectFields(source),
        };
    }

    internal bool Has(string name) => _source.Properties[name] is not null;

    internal object? Raw(string name)
    {
        object? value = Value(name);
        return value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
    }

    /// <summary>Null for a missing or empty one, as CSV writes null, and for what has no text but the name of its type.</summary>
    internal string? Text(string name)
    {
        string? text = Raw(name) switch
        {
            IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
            object other when TextAttribute.IsText(other) => other.ToString(),
            _ => null,
        };
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>By name or by number; the fallback for anything else.</summary>
    internal T Choice<T>(string name, T fallback)
        where T : struct, Enum =>
        Enum.TryParse(Value(name)?.ToString(), ignoreCase: true, out T value) && Enum.IsDefined(typeof(T), value)
            ? value
            : fallback;

    internal int Number(string name, int fallback) =>
        int.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : fallback;

    /// <summary>In round-trip form, then in the current culture; null when unreadable, never wrong.</summary>
    internal DateTime? Date(string name)
    {
        object? raw = Raw(name);
        if (raw is DateTime date)
        {
            return date.Kind == DateTimeKind.Utc ? date.ToLocalTime() : date;
        }

        if (raw is DateTimeOffset offset)
        {
            return offset.LocalDateTime;
        }

        if (raw is not string text || text.Length == 0)
        {
            return null;
        }

        // A year first means the same in every culture and calendar.
        bool isRoundTrip = text.Length > 10 && text[4] == '-' && text[7] == '-' && text[10] == 'T';
        CultureInfo culture = isRoundTrip ? CultureInfo.InvariantCulture : CultureInfo.CurrentCulture;
        return DateTime.TryParse(text, culture, DateTimeStyles.AssumeLocal, out DateTime parsed) ? parsed : null;
    }

    /// <summary>A TimeSpan, its text, or the object with Ticks that JSON makes of it.</summary>
    internal TimeSpan? Span(string name) => Raw(name) switch
    {
        null => null,
        TimeSpan span => span,
        string text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null,
        object other => Of(other)?.Text("Ticks") is { } ticks
            && long.TryParse(ticks, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
                ? TimeSpan.FromTicks(value)
                : null,
    };

    internal Uri? Address(string name) => WebAddress.Parse(Text(name));

    internal IEnumerable<object> Items(string name) => Raw(name) switch
    {
        null or string => [],
        IEnumerable items => items.Cast<object>().Where(item => item is not null),
        object single => [single],
    };

    private object? Value(string name)
    {
        try
        {
            return _source.Properties[name]?.Value;
        }
        catch (GetValueException)
        {
            // A property that throws says nothing.
            return null;
        }
    }

    private static PSObject FromMap(IDictionary map)
    {
        PSObject source = new();
        foreach (DictionaryEntry entry in map)
        {
            if (entry.Key.ToString() is { Length: > 0 } name && source.Properties[name] is null)
            {
                source.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
        }

        return source;
    }
}
