using System.Security.Cryptography;
using KlingPS.Callbacks;

namespace KlingPS.Core.Tests.Callbacks;

/// <summary>Signatures of the Standard Webhooks specification, with the test vector its libraries publish.</summary>
public sealed class SignatureTests
{
    // https://github.com/standard-webhooks/standard-webhooks, libraries/csharp/StandardWebhooks.Tests/WebhookTest.cs
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const long Seconds = 1614265330;

    private const string OtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Fact]
    public void The_published_vector_is_authentic() => Check();

    [Fact]
    public void A_secret_without_its_prefix_is_the_same_secret() => Check(secrets: [Secret["whsec_".Length..]]);

    [Fact]
    public void White_space_around_a_secret_from_a_file_is_no_part_of_it() => Check(secrets: [$" {Secret}\r\n"]);

    [Theory]
    [InlineData(Body + " ")]
    [InlineData("""{"test":2432232314}""")]
    [InlineData("""{"test": 2432232315}""")]
    [InlineData("")]
    public void Another_body_is_not_authentic(string body) => Refused(() => Check(body: body));

    [Theory]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJel")]
    [InlineData("MSG_p5jXN8AQM9LWM0D4loKWxJek")]
    [InlineData("msg_p5jXN8AQM9LWM0D4loKWxJek.1")]
    public void Another_id_is_not_authentic(string id) => Refused(() => Check(id: id));

    [Theory]
    [InlineData("1614265331")]
    [InlineData("01614265330")]
    [InlineData("+1614265330")]
    [InlineData(" 1614265330")]
    [InlineData("-1614265330")]
    [InlineData("1614265330.0")]
    [InlineData("1614265330000")]
    [InlineData("99999999999999999999")]
    [InlineData("2021-02-25T15:02:10Z")]
    [InlineData("1614265330 1614265330")]
    public void Another_time_is_not_authentic(string timestamp) => Refused(() => Check(timestamp: timestamp));

    [Theory]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLawdd=")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE==")]
    [InlineData("v1,G0HM9SSE+OTPJTGT/TMIKTSYZLE3UFJELVLNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,")]
    [InlineData("v1")]
    [InlineData(",")]
    public void Another_signature_is_not_authentic(string signature) => Refused(() => Check(signature: signature));

    [Theory]
    [InlineData("v0")]
    [InlineData("v1a")]
    [InlineData("v2")]
    [InlineData("V1")]
    [InlineData("")]
    public void A_version_we_do_not_know_proves_nothing(string version) =>
        Refused(() => Check(signature: Signature.Replace("v1", version, StringComparison.Ordinal)));

    [Theory]
    [InlineData("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= " + Signature)]
    [InlineData(Signature + " v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=")]
    [InlineData("v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=  v1a,x  " + Signature + " rubbish")]
    public void One_right_signature_among_several_is_enough(string signatures) => Check(signature: signatures);

    [Fact]
    public void Several_wrong_signatures_are_not_enough() =>
        Refused(() => Check(
            signature: "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,"
                + "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));

    [Fact]
    public void A_signature_with_another_secret_is_not_authentic() => Refused(() => Check(secrets: [OtherSecret]));

    [Fact]
    public void While_a_secret_is_exchanged_the_old_one_and_the_new_one_count()
    {
        Check(secrets: [OtherSecret, Secret]);
        Check(secrets: [Secret, OtherSecret]);
        Refused(() => Check(secrets: [OtherSecret, OtherSecret]));
    }

    [Fact]
    public void No_secret_proves_nothing() => Refused(() => Check(secrets: []));

    [Theory]
    [InlineData(-299.0)]
    [InlineData(-300.0)]
    [InlineData(0.0)]
    [InlineData(300.0)]
    [InlineData(299.9)]
    public void A_callback_of_the_last_or_next_five_minutes_is_taken(double age) => Check(age: age);

    [Theory]
    [InlineData(-301.0)]
    [InlineData(301.0)]
    [InlineData(300.1)]
    [InlineData(86_400.0)]
    public void An_older_or_later_one_is_refused_for_its_time(double age)
    {
        KlingException error = Assert.Throws<KlingException>(() => Check(age: age));

        Assert.Equal(("CallbackExpired", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
        Assert.Contains("2021-02-25 15:02:10Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stale_callback_with_a_wrong_signature_is_refused_for_the_signature() =>
        Refused(() => Check(secrets: [OtherSecret], age: 9000));

    [Fact]
    public void The_tolerance_is_the_one_given()
    {
        Check(age: 10, tolerance: 10);
        Assert.Equal("CallbackExpired", Assert.Throws<KlingException>(() => Check(age: 11, tolerance: 10)).ErrorId);
        Check(age: 86_400, tolerance: 86_400);
    }

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("webhook-timestamp")]
    [InlineData("webhook-signature")]
    public void A_missing_header_is_named(string missing)
    {
        Dictionary<string, string?> headers = Headers();
        headers.Remove(missing);
        Assert.Contains($"no {missing} header.", Refused(() => Check(headers)).Message, StringComparison.Ordinal);
        headers[missing] = "";
        Assert.Contains($"no {missing} header.", Refused(() => Check(headers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_error_tells_a_secret_or_the_right_signature()
    {
        KlingException error = Refused(() => Check(body: "{}", secrets: [OtherSecret]));

        Assert.DoesNotContain(OtherSecret[6..], $"{error}", StringComparison.Ordinal);
        using HMACSHA256 hash = new(Convert.FromBase64String(OtherSecret[6..]));
        string right = Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes($"{Id}.{Seconds}.{{}}")));
        Assert.DoesNotContain(right, $"{error}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_id_holds_cannot_steer_the_terminal() =>
        Assert.DoesNotContain(Refused(() => Check(id: "a\u001b[2J\nb")).Message, char.IsControl);

    [Theory]
    [InlineData("whsec_")]
    [InlineData("not base64!")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La\0LaSw")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("")]
    [InlineData("  ")]
    public void What_is_no_secret_is_told_without_repeating_it(string text)
    {
        string? objection = WebhookSecret.GetValidationError(text);

        Assert.NotNull(objection);
        Assert.DoesNotContain("MfKQ", objection, StringComparison.Ordinal);
        Assert.Null(WebhookSecret.KeyIn(text));
        Refused(() => Check(secrets: [text]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    public void A_secret_of_fewer_than_24_bytes_is_refused_before_anything_is_compared(int bytes)
    {
        string text = "whsec_" + Convert.ToBase64String(new byte[bytes]);

        Assert.Contains("at least 24", WebhookSecret.GetValidationError(text), StringComparison.Ordinal);
        Assert.Null(WebhookSecret.KeyIn(text));
        using HMACSHA256 hash = new(new byte[bytes]);
        string signature = "v1," + Convert.ToBase64String(
            hash.ComputeHash(Encoding.UTF8.GetBytes($"{Id}.{Seconds}.{Body}")));
        Refused(() => Check(signature: signature, secrets: [text]));
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abd", false)]
    [InlineData("abc", "xbc", false)]
    [InlineData("abc", "ab", false)]
    [InlineData("ab", "abc", false)]
    [InlineData("", "a", false)]
    [InlineData("a\u0100", "a\u0200", false)]
    public void Texts_are_compared_to_their_end(string one, string other, bool same) =>
        Assert.Equal(same, WebhookSignature.AreEqual(one, other));

    private static KlingException Refused(Action check)
    {
        KlingException error = Assert.Throws<KlingException>(check);
        Assert.Equal("CallbackNotAuthentic", error.ErrorId);
        return error;
    }

    private static Dictionary<string, string?> Headers(
        string id = Id, string? timestamp = null, string signature = Signature) => new()
    {
        ["webhook-id"] = id,
        ["webhook-timestamp"] = timestamp ?? $"{Seconds}",
        ["webhook-signature"] = signature,
    };

    private static void Check(
        string body = Body,
        string id = Id,
        string? timestamp = null,
        string signature = Signature,
        string[]? secrets = null,
        double age = 0,
        double tolerance = 300) =>
        Check(Headers(id, timestamp, signature), body, secrets, age, tolerance);

    private static void Check(
        Dictionary<string, string?> headers,
        string body = Body,
        string[]? secrets = null,
        double age = 0,
        double tolerance = 300) =>
        WebhookSignature.Check(
            Encoding.UTF8.GetBytes(body), WebhookHeaders.From(headers), secrets ?? [Secret],
            TimeSpan.FromSeconds(tolerance), DateTimeOffset.FromUnixTimeSeconds(Seconds).AddSeconds(age));
}
