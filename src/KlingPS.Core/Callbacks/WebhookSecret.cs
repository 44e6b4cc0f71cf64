using System.Security;

namespace KlingPS.Callbacks;

/// <summary>A secret of the Standard Webhooks specification: the key in base64, with or without <c>whsec_</c> before it.</summary>
internal static class WebhookSecret
{
    private const string Prefix = "whsec_";

    /// <returns>The key of the signature, or null when the text is no such secret.</returns>
    internal static byte[]? KeyIn(SecureString secret)
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

    /// <returns>Why the text cannot be a secret, without repeating it, or null when it can.</returns>
    internal static string? Objection(SecureString secret) =>
        secret.Length == 0 ? "The secret is empty."
        : KeyIn(secret) is null ? $"The secret is not {Prefix} followed by a key in base64."
        : null;
}
