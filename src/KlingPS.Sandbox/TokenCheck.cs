using System.Security.Cryptography;
using System.Text.Json;

namespace KlingPS.Sandbox;

/// <summary>Checks a token (JWT, HS256) as Kling's documentation describes it; shares nothing with who signs.</summary>
internal static class TokenCheck
{
    private const int Failed = 1000;
    private const int Invalid = 1002;
    private const int TooYoung = 1003;
    private const int TooOld = 1004;

    /// <exception cref="ServiceError">The first thing wrong with it.</exception>
    /// <param name="accessKey">The only one accepted; null accepts any, however it is signed.</param>
    internal static void Check(string token, string? accessKey, string? secretKey, DateTimeOffset now)
    {
        string[] parts = token.Split('.');
        using JsonDocument header = Document(parts[0]);
        using JsonDocument claims = Document(parts.Length == 3 ? parts[1] : "");
        if (Members(header) != "alg,typ"
            || header.RootElement.GetProperty("alg").ToString() != "HS256"
            || header.RootElement.GetProperty("typ").ToString() != "JWT"
            || Members(claims) != "exp,iss,nbf"
            || !claims.RootElement.GetProperty("exp").TryGetInt64(out long until)
            || !claims.RootElement.GetProperty("nbf").TryGetInt64(out long from))
        {
            throw ServiceError.Of(401, Invalid, "Authorization is invalid");
        }

        if (accessKey is not null)
        {
            using HMACSHA256 hash = new(Encoding.UTF8.GetBytes(secretKey ?? ""));
            byte[] signature = hash.ComputeHash(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
            if (claims.RootElement.GetProperty("iss").ToString() != accessKey
                || !signature.SequenceEqual(Bytes(parts[2]) ?? []))
            {
                throw ServiceError.Of(401, Failed, "Authentication failed");
            }
        }

        if (now.ToUnixTimeSeconds() < from)
        {
            throw ServiceError.Of(401, TooYoung, "Authorization is not yet valid");
        }

        if (now.ToUnixTimeSeconds() >= until)
        {
            throw ServiceError.Of(401, TooOld, "Authorization has expired");
        }
    }

    private static string Members(JsonDocument document) => document.RootElement.ValueKind == JsonValueKind.Object
        ? string.Join(",", document.RootElement.EnumerateObject().Select(member => member.Name).OrderBy(
            name => name, StringComparer.Ordinal))
        : "";

    private static JsonDocument Document(string part)
    {
        try
        {
            return JsonDocument.Parse(Bytes(part) ?? []);
        }
        catch (JsonException)
        {
            throw ServiceError.Of(401, Invalid, "Authorization is invalid");
        }
    }

    // Base64url without padding (RFC 7515); null for what is none.
    private static byte[]? Bytes(string part)
    {
        if (part.IndexOfAny(['+', '/', '=']) >= 0)
        {
            return null;
        }

        try
        {
            string text = part.Replace('-', '+').Replace('_', '/');
            return Convert.FromBase64String(text + new string('=', (4 - (text.Length % 4)) % 4));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
