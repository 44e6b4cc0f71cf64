using System.Collections;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace KlingPS.Callbacks;

/// <summary>The signature of the Standard Webhooks specification: HMAC-SHA256 over id, time and body.</summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
internal static class WebhookSignature
{
    private const string Version = "v1,";

    // The end of the calendar.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Returns when one of the signatures was made with one of the secrets, at about this time.</summary>
    /// <param name="tolerance">How far the time of the signature may be from ours, either way.</param>
    /// <exception cref="KlingException">CallbackNotAuthentic, or CallbackExpired for one whose signature is
    /// right.</exception>
    internal static void Check(
        byte[] body,
        WebhookHeaders headers,
        IEnumerable<string> secrets,
        TimeSpan tolerance,
        DateTimeOffset now)
    {
        if (headers.Missing is { } missing)
        {
            throw NotAuthentic($"The callback has no {missing} header.");
        }

        string id = DisplayText.ToDisplay(headers.Id!);
        if (!long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || seconds > MaxSeconds)
        {
            throw NotAuthentic($"The {WebhookHeaders.TimestampName} of callback '{id}' is not a time in Unix seconds.");
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers.Id}.{headers.Timestamp}."), .. body];
        if (!secrets.Any(secret => IsSigned(signed, headers.Signature!, secret)))
        {
            throw NotAuthentic($"No signature of callback '{id}' matches the secret and this body.");
        }

        DateTimeOffset sent = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((now - sent).Duration() > tolerance)
        {
            throw new KlingException(
                KlingError.CallbackExpired,
                $"Callback '{id}' was signed at {sent:u}, but the clock here says {now:u}; at most "
                    + $"{tolerance.TotalSeconds:0} s apart are allowed.");
        }
    }

    private static bool IsSigned(byte[] content, string signatures, string secret)
    {
        if (WebhookSecret.KeyIn(secret) is not { } key)
        {
            return false;
        }

        using HMACSHA256 hash = new(key);
        string expected = Version + Convert.ToBase64String(hash.ComputeHash(content));
        Array.Clear(key, 0, key.Length);
        return signatures.Split(' ').Any(signature => AreEqual(expected, signature));
    }

    /// <summary>
    /// Takes as long for texts that differ at once as for texts that differ at their end, so that nobody can guess bit
    /// by bit.
    /// </summary>
    /// <remarks>.NET Framework has no CryptographicOperations; one way for both is one that the tests run.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    internal static bool AreEqual(string one, string other)
    {
        int difference = one.Length ^ other.Length;
        for (int i = 0; i < one.Length && i < other.Length; i++)
        {
            difference |= one[i] ^ other[i];
        }

        return difference == 0;
    }

    private static KlingException NotAuthentic(string whatHappened) =>
        new(KlingError.CallbackNotAuthentic, whatHappened);
}

/// <summary>The three headers of the Standard Webhooks specification; null for one that was not sent.</summary>
internal sealed record WebhookHeaders(string? Id, string? Timestamp, string? Signature)
{
    internal const string IdName = "webhook-id";
    internal const string TimestampName = "webhook-timestamp";
    internal const string SignatureName = "webhook-signature";

    /// <summary>The first of them that is missing.</summary>
    internal string? Missing =>
        Id is null ? IdName : Timestamp is null ? TimestampName : Signature is null ? SignatureName : null;

    /// <summary>
    /// Finds them in whatever a web server keeps headers in: names in any case, values as texts or lists of texts.
    /// </summary>
    internal static WebhookHeaders From(IDictionary headers) =>
        new(Find(headers, IdName), Find(headers, TimestampName), Find(headers, SignatureName));

    // Repeated headers are joined: a repeated id or time fits no signature, and signatures are a list.
    private static string? Find(IDictionary headers, string name)
    {
        List<string> values = [];
        foreach (DictionaryEntry header in headers)
        {
            if (name.Equals(header.Key.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                values.AddRange(Texts(header.Value));
            }
        }

        string joined = string.Join(" ", values.Where(value => value.Length > 0));
        return joined.Length > 0 ? joined : null;
    }

    private static IEnumerable<string> Texts(object? value) =>
        value is IEnumerable list and not string ? list.Cast<object?>().Select(Text) : [Text(value)];

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>
/// A secret of the Standard Webhooks specification: the key in base64, with or without <c>whsec_</c> before it.
/// </summary>
internal static class WebhookSecret
{
    private const string Prefix = "whsec_";

    // The specification demands 24 to 64 bytes; shorter keys can be guessed.
    private const int MinBytes = 24;

    /// <returns>The key of the signature, or null when the text is no such secret.</returns>
    internal static byte[]? KeyIn(string secret) => BytesIn(secret) is { Length: >= MinBytes } key ? key : null;

    /// <returns>Why the text cannot be a secret, without repeating it, or null when it can.</returns>
    internal static string? GetValidationError(string secret) =>
        secret.Length == 0 ? "The secret is empty."
        : BytesIn(secret) is not { } key ? $"The secret is not {Prefix} followed by a base64 key."
        : key.Length < MinBytes ? $"The key in the secret needs at least {MinBytes} bytes, but has {key.Length}."
        : null;

    private static byte[]? BytesIn(string secret)
    {
        string text = secret.Trim();
        try
        {
            byte[] key = Convert.FromBase64String(
                text.StartsWith(Prefix, StringComparison.Ordinal) ? text.Substring(Prefix.Length) : text);
            return key.Length > 0 ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
