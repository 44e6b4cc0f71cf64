using System.Collections;
using System.Text.RegularExpressions;

namespace KlingPS.Binding;

/// <summary>Reads the properties of an object that came back from CliXml, JSON or CSV.</summary>
internal sealed class PSObjectReader
{
    // A two-digit year could belong to any century and calendar.
    private static readonly Regex FourDigits = new("[0-9]{4}", RegexOptions.CultureInvariant);

    private readonly PSObject _source;

    private PSObjectReader(PSObject source) => _source = source;

    /// <returns>Null when the object cannot have properties of its own.</returns>
    internal static PSObjectReader? Of(object? candidate)
    {
        PSObject? source = candidate is null ? null : PSObject.AsPSObject(candidate);
        return source?.BaseObject switch
        {
            null or string or ValueType => null,
            IDictionary map => new PSObjectReader(FromMap(map)),
            _ => new PSObjectReader(source),
        };
    }

    internal bool Has(string name) => _source.Properties[name] is not null;

    internal object? Raw(string name)
    {
        object? value = Value(name);
        return value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
    }

    /// <summary>
    /// Null for a missing or empty one, as CSV writes null, and for what has no text but the name of its type.
    /// </summary>
    internal string? Text(string name)
    {
        string? text = Raw(name) switch
        {
            IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
            object other when TextTransformationAttribute.IsText(other) => other.ToString(),
            _ => null,
        };
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>By name or by number; null for anything else.</summary>
    internal T? Choice<T>(string name)
        where T : struct, Enum =>
        // Enum.TryParse would combine a comma-separated list into a third value.
        Value(name)?.ToString() is { } text
        && text.IndexOf(',') < 0
        && Enum.TryParse(text, ignoreCase: true, out T value)
        && Enum.IsDefined(typeof(T), value)
            ? value
            : null;

    internal int Number(string name, int fallback) =>
        int.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : fallback;

    internal decimal? Decimal(string name) =>
        decimal.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value)
            ? value
            : null;

    /// <summary>
    /// In round-trip form, then in the current culture; null when unreadable or of no time a task can have, never
    /// wrong.
    /// </summary>
    internal DateTime? Date(string name) => Date(Raw(name));

    /// <inheritdoc cref="Date(string)"/>
    internal static DateTime? Date(object? value)
    {
        IEnumerable<DateTime?> readings = value switch
        {
            DateTime date => [date.Kind == DateTimeKind.Utc ? date.ToLocalTime() : date],
            DateTimeOffset offset => [offset.LocalDateTime],
            string text when FourDigits.IsMatch(text) =>
                [Read(text, CultureInfo.InvariantCulture), Read(text, CultureInfo.CurrentCulture)],
            _ => [],
        };
        return readings.FirstOrDefault(date => date is { Year: >= 2020 and <= 2100 });
    }

    /// <summary>A TimeSpan, its text, or the object with Ticks that JSON makes of it.</summary>
    internal TimeSpan? Span(string name) => Raw(name) switch
    {
        null => null,
        TimeSpan span => span,
        // A table's Duration is in seconds; TimeSpan would read days.
        string text when double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds < int.MaxValue => TimeSpan.FromSeconds(seconds),
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

    // A date with the year first falls into this century in one calendar only, except Hijri years, which
    // also fit the Persian calendar: there the reading far from now is wrong.
    private static DateTime? Read(string text, CultureInfo culture)
    {
        bool isYearFirst = text.Length >= 10 && text[4] == '-' && text[7] == '-';
        bool mayRead = isYearFirst || culture != CultureInfo.InvariantCulture;
        return mayRead
            && DateTime.TryParse(text, culture, DateTimeStyles.AssumeLocal, out DateTime date)
            && (culture.Calendar is GregorianCalendar || date.Year < Platform.Now.LocalDateTime.Year + 10)
                ? date
                : null;
    }

    private object? Value(string name)
    {
        try
        {
            return _source.Properties[name]?.Value;
        }
        catch (GetValueException)
        {
            // A property whose getter throws counts as missing.
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

/// <summary>What comes down the pipeline to a cmdlet whose own parameters for it are not free.</summary>
/// <param name="form">Which objects it takes, and what they become.</param>
internal sealed class PipelineInput(ArgumentTransformationAttribute form)
{
    internal const string Name = "PipelineInput";

    private readonly RuntimeDefinedParameterDictionary _parameters = new();

    /// <summary>What of this record was taken.</summary>
    internal object[] Items =>
        !_parameters.TryGetValue(Name, out RuntimeDefinedParameter? parameter) || parameter.Value is null ? []
        : parameter.Value is object[] items ? items
        : [parameter.Value];

    /// <summary>A parameter that takes it, and that no help shows.</summary>
    internal RuntimeDefinedParameterDictionary Parameter(string parameterSet = ParameterAttribute.AllParameterSets)
    {
        ParameterAttribute fromPipeline =
            new() { ParameterSetName = parameterSet, ValueFromPipeline = true, DontShow = true };
        _parameters[Name] = new RuntimeDefinedParameter(Name, typeof(object), [fromPipeline, form]);
        return _parameters;
    }
}
