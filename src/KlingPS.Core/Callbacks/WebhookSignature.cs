using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace KlingPS.Callbacks;

/// <summary>The signature of the Standard Webhooks specification: HMAC-SHA256 over id, time and body.</summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
internal static class WebhookSignature
{
    private const string Version = "v1,";

    // The end of the calendar.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Returns when one of the signatures was made with one of the secrets, at about this time.</summary>
    /// <param name="body">The body, byte for byte as it was sent.</param>
    /// <param name="headers">The headers of the same request.</param>
    /// <param name="secrets">More than one while the secret is exchanged.</param>
    /// <param name="tolerance">How far the time of the signature may be from ours, either way.</param>
    /// <param name="now">Our time.</param>
    /// <exception cref="KlingException">CallbackNotAuthentic, or CallbackExpired for one whose signature is right.</exception>
    internal static void Check(byte[] body, WebhookHeaders headers, IEnumerable<SecureString> secrets, TimeSpan tolerance, DateTimeOffset now)
    {
        if (headers.Missing is { } missing)
        {
            throw NotAuthentic($"The callback has no header {missing}.");
        }

        string id = DisplayText.ToDisplay(headers.Id!);
        if (!long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > MaxSeconds)
        {
            throw NotAuthentic($"The {WebhookHeaders.TimestampName} of callback '{id}' is no time in Unix seconds.");
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers.Id}.{headers.Timestamp}."), .. body];
        if (!secrets.Any(secret => IsSigned(signed, headers.Signature!, secret)))
        {
            throw NotAuthentic($"No signature of callback '{id}' was made with the secret over this body.");
        }

        DateTimeOffset sent = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((now - sent).Duration() > tolerance)
        {
            throw new KlingException(
                KlingError.CallbackExpired,
                $"Callback '{id}' was signed at {sent:u}, the clock here says {now:u}, and {tolerance.TotalSeconds:0} s apart are allowed.");
        }
    }

    private static bool IsSigned(byte[] content, string signatures, SecureString secret)
    {
        if (WebhookSecret.KeyIn(secret) is not { } key)
        {
            return false;
        }

        using HMACSHA256 hash = new(key);
        string expected = Version + Convert.ToBase64String(hash.ComputeHash(content));
        Array.Clear(key, 0, key.Length);
        return signatures.Split(' ').Any(signature => SecretText.AreEqual(expected, signature));
    }

    private static KlingException NotAuthentic(string whatHappened) => new(KlingError.CallbackNotAuthentic, whatHappened);
}
