namespace KlingPS.Core.Tests.Transport;

/// <summary>Where the service is, and with which key.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("https://api.cometapi.com/kling", "https://api.cometapi.com/kling/")]
    [InlineData("https://api.cometapi.com/kling/", "https://api.cometapi.com/kling/")]
    [InlineData("https://api.cometapi.com", "https://api.cometapi.com/")]
    [InlineData("https://gate.test:8443/a/b", "https://gate.test:8443/a/b/")]
    [InlineData("https://gate.test/a%20b", "https://gate.test/a%20b/")]
    [InlineData("http://localhost:5000/kling", "http://localhost:5000/kling/")]
    [InlineData("http://127.0.0.1/kling", "http://127.0.0.1/kling/")]
    [InlineData("http://[::1]/kling", "http://[::1]/kling/")]
    public void Routes_go_below_whatever_is_given(string given, string used) =>
        Assert.Equal(used, BaseAddress.Normalize(new Uri(given)).AbsoluteUri);

    [Theory]
    [InlineData("http://api.cometapi.com/kling/")]
    [InlineData("http://127.0.0.1.evil.test/")]
    [InlineData("http://localhost.evil.test/")]
    [InlineData("http://10.0.0.1/")]
    public void A_key_is_never_sent_unencrypted_over_a_network(string given) =>
        Assert.Equal(
            "InsecureBaseUri", Assert.Throws<KlingException>(() => BaseAddress.Normalize(new Uri(given))).ErrorId);

    [Theory]
    [InlineData("kling/v1")]
    [InlineData("ftp://api.test/")]
    [InlineData("file:///tmp/")]
    [InlineData("https://api.test/?a=b")]
    [InlineData("https://api.test/#a")]
    [InlineData("https://user:secret@api.test/")]
    public void What_is_no_address_of_a_service_is_refused_without_showing_a_secret(string given)
    {
        FormatException error = Assert.Throws<FormatException>(
            () => BaseAddress.Normalize(new Uri(given, UriKind.RelativeOrAbsolute)));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://gate.test/sk-0123456789/?sk-0123456789#sk-0123456789")]
    [InlineData("http://sk-0123456789:sk-0123456789@gate.test/")]
    [InlineData("http://gate.test/sk-0123456789/")]
    [InlineData("sk-0123456789")]
    [InlineData("sk:0123456789")]
    public void A_key_in_the_place_of_the_address_is_not_repeated(string given)
    {
        Exception error = Assert.ThrowsAny<Exception>(
            () => BaseAddress.Normalize(new Uri(given, UriKind.RelativeOrAbsolute)));

        Assert.DoesNotContain("0123456789", $"{error}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-0123456789abcdefWXYZ", "sk-…WXYZ")]
    [InlineData("0123456789abcdef", "012…cdef")]
    [InlineData("0123456789abcde", "…")]
    [InlineData("", "…")]
    public void Of_a_key_no_more_than_its_ends_is_shown(string key, string hint)
    {
        using ApiKey apiKey = Given.ApiKey(key);

        Assert.Equal((hint, key), (apiKey.Hint, apiKey.Reveal()));
        Assert.DoesNotContain("0123456789abc", $"{apiKey}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("sk 1", "space")]
    [InlineData("sk-1\n", "control")]
    [InlineData("sk-é", "ASCII")]
    [InlineData("sk-\u007f", "control")]
    public void What_cannot_be_a_key_is_said_to_be_none(string key, string why) =>
        Assert.Contains(why, ApiKey.GetValidationError(key), StringComparison.Ordinal);

    [Fact]
    public void What_fits_no_request_is_no_key() =>
        Assert.Contains("more than 4096", ApiKey.GetValidationError(new string('k', 4097)), StringComparison.Ordinal);

    [Fact]
    public void An_address_that_fits_no_request_is_none() => Assert.All(
        new[] { "", "ftp://me.test/" + "x", "https://me.test/" + new string('x', 8192) },
        text => Assert.NotNull(WebAddress.GetValidationError(new Uri(text, UriKind.RelativeOrAbsolute))));

    [Fact]
    public void Any_printable_word_can_be_a_key() =>
        Assert.Null(ApiKey.GetValidationError("sk-~!\"#$%&'()*+,./:;<=>?@[]^_`{|}"));

    [Fact]
    public async Task A_trace_shows_neither_key_nor_signed_query()
    {
        string body = Bodies.Task("1", "succeed").Replace("SUCCEED", Given.Key, StringComparison.Ordinal);
        using VirtualCall call = new(ScriptedHandler.Answer(200, body));
        TraceList trace = new();

        await new KlingClient(call.Connection, trace).GetAsync("1", KlingTaskKind.TextToVideo, Token);

        RequestTrace seen = Assert.Single(trace.Requests);
        Assert.Equal((HttpMethod.Get, 200, "r-0"), (seen.Method, seen.Status, seen.RequestId));
        Assert.Contains("\"task_status\":\"succeed\"", seen.ResponseBody, StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Key, $"{seen} {seen.ResponseBody}", StringComparison.Ordinal);
        Assert.DoesNotContain("ksSecret", $"{seen} {seen.ResponseBody}", StringComparison.Ordinal);
    }
}
