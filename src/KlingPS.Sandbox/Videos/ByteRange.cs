using System.Net.Http.Headers;

namespace KlingPS.Sandbox;

/// <summary>The one range of a Range header (RFC 9110, 14.1.2), both ends inclusive.</summary>
internal readonly record struct ByteRange(long First, long Last)
{
    internal long Length => Last - First + 1;

    /// <summary>False when the header holds no single well-formed range, and is thus to be ignored.</summary>
    /// <remarks>A range outside the file comes back with a <see cref="Length"/> of zero or less.</remarks>
    internal static bool TryParse(string header, long total, out ByteRange range)
    {
        range = default;
        if (!RangeHeaderValue.TryParse(header, out RangeHeaderValue? ranges)
            || !"bytes".Equals(ranges.Unit, StringComparison.OrdinalIgnoreCase)
            || ranges.Ranges.Count != 1)
        {
            return false;
        }

        RangeItemHeaderValue only = ranges.Ranges.Single();
        range = only.From is { } first
            ? new ByteRange(first, Math.Min(only.To ?? long.MaxValue, total - 1))
            : new ByteRange(Math.Max(0, total - only.To!.Value), total - 1);
        return true;
    }
}
