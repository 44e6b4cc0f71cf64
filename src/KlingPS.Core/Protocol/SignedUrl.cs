using System.Globalization;

namespace KlingPS.Protocol;

/// <summary>What a result URL says of itself.</summary>
internal static class SignedUrl
{
    /// <summary>The service keeps a video this long after completion (its documentation, and decoded from real URLs).</summary>
    internal static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>The time in the <c>ksTime</c> parameter: Unix seconds in hexadecimal.</summary>
    internal static DateTimeOffset? ExpiresAt(Uri? url)
    {
        if (url is null)
        {
            return null;
        }

        foreach (string pair in url.Query.TrimStart('?').Split('&'))
        {
            if (pair.StartsWith("ksTime=", StringComparison.Ordinal)
                && long.TryParse(pair.Substring(7), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long seconds)
                && seconds is > 0 and < TolerantJson.MaxMilliseconds / 1000)
            {
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return null;
    }
}
