namespace KlingPS.Internal;

/// <summary>What is asked of an address that a user gives.</summary>
internal static class WebAddress
{
    /// <summary>Longer is no address: servers take 8 KB of a request's head at most.</summary>
    internal const int MaxLength = 8192;

    /// <returns>Why it cannot be used, or null when it can.</returns>
    internal static string? GetValidationError(Uri address) =>
        address.OriginalString.Length > MaxLength ? $"has {address.OriginalString.Length} characters; at most "
            + $"{MaxLength} are allowed"
        : !(address.IsAbsoluteUri && address.Scheme is "http" or "https") ? "is not an absolute http or https address"
        : !IsDisplayable(address) ? "contains a character that is not allowed in an address"
        : null;

    /// <returns>The address that the service or a row names; null for none, and for one that would steer a
    /// terminal.</returns>
    internal static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && address.Scheme is "https" or "http"
        && IsDisplayable(address)
            ? address
            : null;

    // Uri.ToString unescapes, so escaped characters count too.
    private static bool IsDisplayable(Uri address) =>
        !DisplayText.IsUnsafe(address.OriginalString)
        && (address.OriginalString.IndexOf('%') < 0 || !DisplayText.IsUnsafe(address.ToString()));
}
