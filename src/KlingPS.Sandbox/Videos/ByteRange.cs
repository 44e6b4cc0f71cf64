using System.Globalization;

namespace KlingPS.Sandbox;

/// <summary>The one range of a Range header (RFC 9110, 14.1.2), both ends inclusive.</summary>
internal readonly record struct ByteRange(long First, long Last)
{
    private const string Unit = "bytes=";

    internal long Length => Last - First + 1;

    /// <summary>False when the header holds no single well-formed range, and is thus to be ignored.</summary>
    /// <remarks>A range outside the file comes back with a <see cref="Length"/> of zero or less.</remarks>
    internal static bool TryParse(string header, long total, out ByteRange range)
    {
        range = default;
        string[] ends = header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)
            ? header.Substring(Unit.Length).Trim().Split('-')
            : [];
        if (ends.Length != 2)
        {
            return false;
        }

        bool hasFirst = TryNumber(ends[0], out long first);
        bool hasLast = TryNumber(ends[1], out long last);
        if ((!hasFirst && ends[0].Length > 0) || (!hasLast && ends[1].Length > 0) || (!hasFirst && !hasLast))
        {
            return false;
        }

        if (!hasFirst)
        {
            range = new ByteRange(last == 0 ? total : Math.Max(0, total - last), total - 1);
            return true;
        }

        if (hasLast && last < first)
        {
            return false;
        }

        range = new ByteRange(first, hasLast ? Math.Min(last, total - 1) : total - 1);
        return true;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
