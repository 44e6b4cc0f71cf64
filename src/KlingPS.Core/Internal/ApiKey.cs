using System.Security;

namespace KlingPS.Internal;

/// <summary>The key, and the little of it that may be shown.</summary>
internal sealed class ApiKey : IDisposable
{
    // It has to fit into the head of a request.
    private const int MaxLength = 4096;

    private readonly SecureString _secret;
    private bool _isDisposed;

    /// <param name="secret">The key; copied.</param>
    /// <param name="source">Where it came from, for a person.</param>
    internal ApiKey(SecureString secret, string source)
    {
        _secret = secret.Copy();
        Source = source;
        Hint = HintOf(Reveal());
    }

    internal string Source { get; }

    /// <summary>The first three and last four characters of a long key, of a short one nothing.</summary>
    internal string Hint { get; }

    /// <summary>The key in the clear: only to put it on a request or to search for it in a text.</summary>
    internal string Reveal() => SecretText.Reveal(_secret);

    /// <returns>Why the text cannot be a key, or null when it can.</returns>
    internal static string? GetValidationError(string key) =>
        key.Length == 0 ? "is empty"
        : key.Length > MaxLength ? $"has more than {MaxLength} characters"
        : key.Any(c => c is <= ' ' or > '~') ? "holds a space, a control character or a letter outside ASCII"
        : null;

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            KeyForms.Forget(Reveal());
            _secret.Dispose();
        }
    }

    private static string HintOf(string key) =>
        key.Length >= 16 ? $"{key.Substring(0, 3)}…{key.Substring(key.Length - 4)}" : "…";
}
