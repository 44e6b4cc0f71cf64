using System.Security;

namespace KlingPS.Callbacks;

/// <summary>A secret of the Standard Webhooks specification: the key in base64, with or without <c>whsec_</c> before it.</summary>
internal static class WebhookSecret
{
    private const string Prefix = "whsec_";

    // The specification: 24 to 64 bytes. What is shorter can be guessed.
    private const int MinBytes = 24;

    /// <returns>The key of the signature, or null when the text is no such secret.</returns>
    internal static byte[]? KeyIn(SecureString secret) => BytesIn(secret) is { Length: >= MinBytes } key ? key : null;

    /// <returns>Why the text cannot be a secret, without repeating it, or null when it can.</returns>
    internal static string? GetValidationError(SecureString secret) =>
        secret.Length == 0 ? "The secret is empty."
        : BytesIn(secret) is not { } key ? $"The secret is not {Prefix} followed by a key in base64."
        : key.Length < MinBytes ? $"The key in the secret has {key.Length} of at least {MinBytes} bytes."
        : null;

    private static byte[]? BytesIn(SecureString secret)
    {
        string text = SecretText.Reveal(secret).Trim();
        try
        {
            byte[] key = Convert.FromBase64String(text.StartsWith(Prefix, StringComparison.Ordinal) ? text.Substring(Prefix.Length) : text);
            return key.Length > 0 ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
