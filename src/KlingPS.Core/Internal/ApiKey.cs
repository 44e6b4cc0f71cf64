namespace KlingPS.Internal;

/// <summary>The key, and the little of it that may be shown.</summary>
internal class ApiKey(string key, string source) : IDisposable
{
    // It has to fit into a request header.
    private const int MaxLength = 4096;

    internal string Source => source;

    /// <summary>The first three and last four characters of a long key, of a short one nothing.</summary>
    internal string Hint { get; } = HintOf(key);

    /// <summary>What tells the account from others.</summary>
    internal string Account => key;

    /// <summary>The key in the clear: only to search for it, and for what was made of it, in a text.</summary>
    internal virtual string Reveal() => key;

    /// <summary>What a request is authorised with, in the clear: only to put it on the request.</summary>
    internal virtual string Bearer(DateTimeOffset now) => key;

    /// <summary>Makes another bearer in place of one that the service found too old or too young.</summary>
    /// <param name="date">The service's clock, where it said.</param>
    /// <returns>False where a key is all there is.</returns>
    internal virtual bool Renew(string refused, DateTimeOffset now, DateTimeOffset? date) => false;

    /// <summary>What to do when the service does not accept it; null for the error's own words.</summary>
    /// <param name="isForTime">Whether a bearer was refused as too old or too young.</param>
    internal virtual string? RefusedAction(bool isForTime) => null;

    /// <returns>Why the text cannot be a key, or null when it can.</returns>
    internal static string? GetValidationError(string key) =>
        key.Length == 0 ? "is empty"
        : key.Length > MaxLength ? $"has more than {MaxLength} characters"
        : key.Any(c => c is <= ' ' or > '~') ? "contains a space, a control character or a non-ASCII letter"
        : null;

    public virtual void Dispose() => KeyForms.Forget(key);

    private static string HintOf(string key) =>
        key.Length >= 16 ? $"{key.Substring(0, 3)}…{key.Substring(key.Length - 4)}" : "…";
}
