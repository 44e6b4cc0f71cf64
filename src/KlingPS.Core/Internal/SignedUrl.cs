namespace KlingPS.Internal;

/// <summary>What a result URL says of itself.</summary>
internal static class SignedUrl
{
    /// <summary>
    /// The service keeps a video this long after completion (its documentation, and decoded from real URLs).
    /// </summary>
    internal static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private const string Name = "ksTime=";

    private static readonly char[] Ends = ['&', '#'];

    /// <summary>The time in the <c>ksTime</c> parameter: Unix seconds in hexadecimal.</summary>
    internal static DateTimeOffset? ExpiresAt(Uri? url)
    {
        if (url is null)
        {
            return null;
        }

        // OriginalString: Uri.Query would parse the whole address.
        string address = url.OriginalString;
        int at = address.IndexOf('?');
        while (at >= 0 && (at = address.IndexOf(Name, at + 1, StringComparison.Ordinal)) >= 0)
        {
            int start = at + Name.Length;
            int end = address.IndexOfAny(Ends, start);
            string value = address.Substring(start, (end < 0 ? address.Length : end) - start);
            if (address[at - 1] is '?' or '&'
                && long.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long seconds)
                && seconds is > 0 and < TolerantJson.MaxMilliseconds / 1000)
            {
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return null;
    }
}
