using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace KlingPS.Journal;

/// <summary>Recognises the tasks of a key without storing the key.</summary>
internal sealed class AccountFingerprint(ApiKey key)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private string? _own;

    /// <summary>What this key's entries carry.</summary>
    internal string Own => _own ??= SaltedHash.Make(SaltedHash.NewSalt(), Bytes());

    /// <summary>Takes the fingerprint that earlier entries of this key carry, so that few salts are in use.</summary>
    internal void Adopt(string? fingerprint) =>
        _own ??= fingerprint is not null && Matches(fingerprint) ? fingerprint : null;

    /// <summary>Whether a fingerprint was made with this key.</summary>
    internal bool Matches(string fingerprint) =>
        _known.GetOrAdd(
            fingerprint, text => SaltedHash.SaltOf(text) is { } salt && SaltedHash.Make(salt, Bytes()) == text);

    private byte[] Bytes() => Encoding.UTF8.GetBytes(key.Account);
}

/// <summary>
/// A keyed hash behind the salt it was made with, as in a password file: <c>salt.hash</c> in hexadecimal.
/// </summary>
internal static class SaltedHash
{
    private const int SaltBytes = 8;
    private const int HashBytes = 16;

    internal static byte[] NewSalt()
    {
        byte[] salt = new byte[SaltBytes];
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        random.GetBytes(salt);
        return salt;
    }

    internal static string Make(byte[] salt, byte[] secret)
    {
        using HMACSHA256 hash = new(salt);
        return $"{Platform.Hex(salt, SaltBytes)}.{Platform.Hex(hash.ComputeHash(secret), HashBytes)}";
    }

    /// <returns>The salt, or null for a text that is no salted hash.</returns>
    internal static byte[]? SaltOf(string text)
    {
        int dot = text.IndexOf('.');
        byte[] salt = new byte[SaltBytes];
        for (int i = 0; i < SaltBytes; i++)
        {
            if (dot != 2 * SaltBytes || !TryByte(text.Substring(2 * i, 2), out salt[i]))
            {
                return null;
            }
        }

        return salt;
    }

    private static bool TryByte(string hex, out byte value) => byte.TryParse(
        hex,
        NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture,
        out value);
}
