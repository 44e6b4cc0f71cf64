using System.Globalization;

namespace KlingPS.Benchmarks;

/// <summary>The options behind a verb, each a name and a value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    internal Options(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new FormatException($"'{arguments[i]}' is no option with a value.");
            }

            _given[arguments[i]] = arguments[i + 1];
        }
    }

    /// <summary>Takes a text, so that what is left in the end is unknown.</summary>
    internal string? Text(string name) => _given.Remove(name, out string? value) ? value : null;

    /// <summary>Takes a whole number of 1 or more.</summary>
    internal long Count(string name, long fallback) => Text(name) is not { } text ? fallback
        : long.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0 ? count
        : throw new FormatException($"'{text}' is no number for {name}.");

    /// <summary>Call it when every option has been taken.</summary>
    internal void RefuseOthers()
    {
        if (_given.Count > 0)
        {
            throw new FormatException($"'{_given.Keys.First()}' is not known.");
        }
    }
}
