using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KlingPS.Http;

namespace KlingPS.Journal;

/// <summary>Tells tasks of another key apart without keeping the key: a salt and the keyed hash made with it, each in hexadecimal.</summary>
/// <remarks>The salt stands in every mark, as in a password file, so no process depends on what another one stored.</remarks>
internal sealed class AccountMark(ApiKey key)
{
    private const int SaltBytes = 8;
    private const int HashBytes = 16;

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private string? _own;

    /// <summary>What this key's entries carry.</summary>
    internal string Own => _own ??= Make(NewSalt());

    /// <summary>Whether a mark was made with this key.</summary>
    internal bool Matches(string mark) => _known.GetOrAdd(mark, IsMade);

    private bool IsMade(string mark)
    {
        string[] parts = mark.Split('.');
        return parts.Length == 2 && Bytes(parts[0]) is { } salt && Make(salt) == mark;
    }

    private string Make(byte[] salt)
    {
        using HMACSHA256 hash = new(salt);
        return $"{Hex(salt, SaltBytes)}.{Hex(hash.ComputeHash(Encoding.UTF8.GetBytes(key.Reveal())), HashBytes)}";
    }

    private static byte[] NewSalt()
    {
        byte[] salt = new byte[SaltBytes];
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        random.GetBytes(salt);
        return salt;
    }

    private static string Hex(byte[] bytes, int count) =>
        string.Concat(bytes.Take(count).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));

    private static byte[]? Bytes(string hex)
    {
        byte[] bytes = new byte[SaltBytes];
        for (int i = 0; i < SaltBytes; i++)
        {
            if (hex.Length != 2 * SaltBytes
                || !byte.TryParse(hex.Substring(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }
}
