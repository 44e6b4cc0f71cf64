namespace KlingPS.Internal;

/// <summary>The key, and the little of it that may be shown.</summary>
internal sealed class ApiKey(string key, string source) : IDisposable
{
    // It has to fit into a request header.
    private const int MaxLength = 4096;

    internal string Source => source;

    /// <summary>The first three and last four characters of a long key, of a short one nothing.</summary>
    internal string Hint { get; } =
        key.Length >= 16 ? $"{key.Substring(0, 3)}…{key.Substring(key.Length - 4)}" : "…";

    /// <summary>The key in the clear: only to put it on a request or to search for it in a text.</summary>
    internal string Reveal() => key;

    /// <returns>Why the text cannot be a key, or null when it can.</returns>
    internal static string? GetValidationError(string key) =>
        key.Length == 0 ? "is empty"
        : key.Length > MaxLength ? $"has more than {MaxLength} characters"
        : key.Any(c => c is <= ' ' or > '~') ? "contains a space, a control character or a non-ASCII letter"
        : null;

    public void Dispose() => KeyForms.Forget(key);
}
