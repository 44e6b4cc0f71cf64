namespace KlingPS;

/// <summary>What is asked of an address that a user gives.</summary>
internal static class WebAddress
{
    /// <summary>Longer is no address: servers take 8 KB of a request's head at most.</summary>
    internal const int MaxLength = 8192;

    /// <returns>Why it cannot be used, or null when it can.</returns>
    internal static string? Objection(Uri address) =>
        address.OriginalString.Length > MaxLength ? $"has {address.OriginalString.Length} characters; no address has more than {MaxLength}"
        : !(address.IsAbsoluteUri && address.Scheme is "http" or "https") ? "is not an absolute http or https address"
        : null;
}
