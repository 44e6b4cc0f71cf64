using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KlingPS.Tests;

/// <summary>A callback as its sender signs it.</summary>
/// <param name="Body">The raw body.</param>
/// <param name="Headers">The headers.</param>
internal sealed record SignedCallback(string Body, Hashtable Headers)
{
    internal const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    internal static SignedCallback Now(string body, double ageSeconds = 0, string secret = Secret, string id = "msg_p5jXN8AQM9LWM0D4loKWxJek")
    {
        string time = DateTimeOffset.UtcNow.AddSeconds(-ageSeconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] hash = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{time}.{body}"));
        return new SignedCallback(body, new Hashtable
        {
            ["Webhook-Id"] = id,
            ["Webhook-Timestamp"] = time,
            ["Webhook-Signature"] = "v1," + Convert.ToBase64String(hash),
        });
    }
}
