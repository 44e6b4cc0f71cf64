using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlingPS.Providers;

/// <summary>
/// Kling's access key with its secret key: each request carries a token signed with the secret (JWT, HS256).
/// </summary>
internal sealed class KeyPair(string accessKey, string secretKey, string source) : ApiKey(accessKey, source)
{
    // What Kling's documentation gives a token.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan NotBeforeMargin = TimeSpan.FromSeconds(5);

    // A token that expires sooner is replaced, because a request may take a while to arrive.
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromSeconds(60);

    // A larger difference is not a wrong clock but a wrong answer.
    private static readonly TimeSpan LargestOffset = TimeSpan.FromDays(1);

    private readonly object _lock = new();
    private string? _token;
    private DateTimeOffset _signedAt;
    private TimeSpan _offset;

    internal override string Reveal()
    {
        lock (_lock)
        {
            // Added each time, because another connection with this secret may have forgotten them.
            KeyForms.Include(secretKey, Account, isPassing: false);
            if (_token is not null)
            {
                KeyForms.Include(secretKey, _token, isPassing: true);
            }
        }

        return secretKey;
    }

    internal override string Bearer(DateTimeOffset now)
    {
        lock (_lock)
        {
            TimeSpan age = now + _offset - _signedAt;
            // Signed in the future: the clock has been set back since.
            bool isCurrent = age >= -NotBeforeMargin && age <= Lifetime - RenewalMargin;
            return _token is not null && isCurrent ? _token : SignAt(now);
        }
    }

    internal override bool Renew(string refused, DateTimeOffset now, DateTimeOffset? date)
    {
        lock (_lock)
        {
            // Another request may have renewed it meanwhile.
            if (_token == refused)
            {
                TimeSpan offset = date - now ?? TimeSpan.Zero;
                _offset = offset.Duration() <= LargestOffset ? offset : TimeSpan.Zero;
                SignAt(now);
            }
        }

        return true;
    }

    internal override string? RefusedAction(bool isForTime) => isForTime
        ? "Check this computer's clock, then -AccessKey and -SecretKey, and connect again with Connect-Kling."
        : "Check -AccessKey and -SecretKey, and connect again with Connect-Kling.";

    public override void Dispose()
    {
        base.Dispose();
        KeyForms.Forget(secretKey);
    }

    /// <summary>The token itself, with the claims that Kling documents and no others.</summary>
    internal static string Sign(string accessKey, string secretKey, DateTimeOffset now)
    {
        string issuer = JsonEncodedText.Encode(accessKey, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        string claims = string.Format(
            CultureInfo.InvariantCulture,
            "{{\"iss\":\"{0}\",\"exp\":{1},\"nbf\":{2}}}",
            issuer,
            (now + Lifetime).ToUnixTimeSeconds(),
            (now - NotBeforeMargin).ToUnixTimeSeconds());
        string signed = Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + Encode(claims);
        using HMACSHA256 hash = new(Encoding.UTF8.GetBytes(secretKey));
        return signed + "." + Encode(hash.ComputeHash(Encoding.UTF8.GetBytes(signed)));
    }

    private string SignAt(DateTimeOffset now)
    {
        _signedAt = now + _offset;
        return _token = Sign(Account, secretKey, _signedAt);
    }

    private static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Encode(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
