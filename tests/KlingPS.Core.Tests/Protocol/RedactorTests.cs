namespace KlingPS.Core.Tests.Protocol;

/// <summary>Foreign text before a person sees it.</summary>
public sealed class RedactorTests
{
    // Every kind of character that an encoding changes.
    private const string OddKey = "sk-7c1a/9e5f+3b8d?2046&WX~Yz";

    [Theory]
    [InlineData("see https://cdn.test/v.mp4?ksSecret=abc&ksTime=1 now", "see https://cdn.test/v.mp4?… now")]
    [InlineData("""{"url":"https://cdn.test/v.mp4?a=b"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("""{"url":"https:\/\/cdn.test\/v.mp4?a=b"}""", """{"url":"https:\/\/cdn.test\/v.mp4?…"}""")]
    [InlineData("""{"url":"https://cdn.test/v.mp4\u003fa=b\u0026c=d"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("""{"url":"https://cdn.test/v.mp4\u003Fa=b"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("http://a.test/x?1 and https://b.test/y?2", "http://a.test/x?… and https://b.test/y?…")]
    [InlineData("HTTPS://cdn.test/v.mp4?ksSecret=abc", "HTTPS://cdn.test/v.mp4?…")]
    [InlineData(
        """{\"url\":\"https:\\\/\\\/cdn.test\\\/v.mp4?a=b\"}""", """{\"url\":\"https:\\\/\\\/cdn.test\\\/v.mp4?…"}""")]
    [InlineData("https://?a=b", "https://?…")]
    [InlineData("/bs2/v.mp4?x=1&ksSecret=abc&y=2", "/bs2/v.mp4?x=1&ksSecret=…&y=2")]
    [InlineData("cdn.test%2Fv.mp4%3FksSecret%3Dabc", "cdn.test%2Fv.mp4%3FksSecret%3D…")]
    [InlineData("Is it done? Yes.", "Is it done? Yes.")]
    [InlineData("https://cdn.test/v.mp4", "https://cdn.test/v.mp4")]
    public void A_query_is_taken_off_every_address(string text, string shown) =>
        Assert.Equal(shown, Redactor.Message(text, Given.Key));

    [Fact]
    public void The_key_is_replaced_wherever_it_stands() =>
        Assert.Equal("a [key] b[key]", Redactor.Message($"a {Given.Key} b{Given.Key}", Given.Key));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    public void A_word_too_short_to_be_a_key_is_left(string? key) =>
        Assert.Equal("abcabc", Redactor.Message("abcabc", key));

    [Fact]
    public void A_message_is_one_line() => Assert.Equal("a  b c", Redactor.Message("\r\na\r\nb\u001bc\u0085\n", null));

    [Fact]
    public void What_turns_or_ends_the_line_is_taken_out() =>
        Assert.Equal("a gnp.exe b c", Redactor.Message("a\u202egnp.exe\u2028b\u2066c", null));

    [Fact]
    public void No_half_of_a_pair_is_left_at_the_bound() =>
        Assert.Equal(
            new string('x', 499) + "…", Redactor.Message(new string('x', 499) + "\ud83c\udfac and more", null));

    [Fact]
    public void A_body_cannot_control_a_terminal() => Assert.Equal("a [2J\nb", Redactor.Body("a\u001b[2J\nb", null));

    [Fact]
    public void A_body_keeps_its_lines() => Assert.Equal("a\nb", Redactor.Body("a\nb", null));

    [Theory]
    [InlineData(500, 500)]
    [InlineData(501, 501)]
    [InlineData(100_000, 501)]
    public void A_message_is_bounded(int length, int shown) =>
        Assert.Equal(shown, Redactor.Message(new string('x', length), null).Length);

    [Fact]
    public void A_body_is_bounded() => Assert.InRange(Redactor.Body(new string('x', 100_000), null).Length, 1000, 5000);

    [Fact]
    public void A_key_across_the_bound_is_not_shown_in_part() =>
        Assert.DoesNotContain(
            "sk-", Redactor.Message(new string('x', 490) + Given.Key, Given.Key), StringComparison.Ordinal);

    public static TheoryData<string, string> Echoes()
    {
        const string key = OddKey;
        string json = string.Concat(key.Select(c => $"\\u{(int)c:x4}"));
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        return new()
        {
            { "as it is", key },
            { "upper-case", key.ToUpperInvariant() },
            { "lower-case", key.ToLowerInvariant() },
            { "with a kelvin sign, which is a k too", key.Replace('k', '\u212a') },
            { "\\u-escaped", json },
            { "\\u-escaped, upper-case", json.ToUpperInvariant().Replace("\\U", "\\u", StringComparison.Ordinal) },
            { "\\u-escaped, in a JSON text inside another", json.Replace("\\", "\\\\", StringComparison.Ordinal) },
            { "\\u-escaped in part", key.Replace("+", "\\u002B", StringComparison.Ordinal) },
            { "with escaped slashes", key.Replace("/", "\\/", StringComparison.Ordinal) },
            { "with slashes escaped twice", key.Replace("/", "\\\\\\/", StringComparison.Ordinal) },
            { "URL-encoded", Uri.EscapeDataString(key) },
            { "URL-encoded twice", Uri.EscapeDataString(Uri.EscapeDataString(key)) },
            { "URL-encoded in whole", string.Concat(key.Select(c => $"%{(int)c:x2}")) },
            { "for HTML", string.Concat(key.Select(c => $"&#{(int)c};")) },
            { "for HTML, in hexadecimal", string.Concat(key.Select(c => $"&#x{(int)c:X};")) },
            { "in hexadecimal", Convert.ToHexString(bytes) },
            { "in base64", Convert.ToBase64String(bytes) },
            { "in base64 after one byte", Convert.ToBase64String([1, .. bytes]) },
            { "in base64 after two bytes", Convert.ToBase64String([1, 2, .. bytes, 3]) },
            { "in base64 of a header", Convert.ToBase64String(Encoding.UTF8.GetBytes($"Authorization: Bearer {key}")) },
            {
                "in base64 for addresses",
                Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
            },
            { "in base64, URL-encoded", Uri.EscapeDataString(Convert.ToBase64String(bytes)) },
            { "in base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes(key)) },
        };
    }

    [Theory]
    [MemberData(nameof(Echoes), DisableDiscoveryEnumeration = true)]
    public void The_key_is_taken_out_in_whichever_form_it_comes_back(string form, string echo)
    {
        string shown = Redactor.Message($"a {echo} b", OddKey);

        // Of base64, the character before the key's own may hold a few bits of it.
        Assert.Matches(@"^a [A-Za-z0-9+/_-]*\[key\][A-Za-z0-9+/=_%-]* b$", shown);
        Assert.True(shown.Length < 60 || form.Contains("header", StringComparison.Ordinal), shown);
        Assert.Equal(shown, Redactor.Body($"a {echo} b", OddKey));
        Assert.True(Redactor.HoldsKey(echo, OddKey));
    }

    [Fact]
    public void A_long_text_of_any_shape_is_looked_through()
    {
        // What grows with the square of the length would not end.
        foreach (string part in new[] { "\\", "%25", "%", "&#0", "sk", "sk-", "c2st", "\\u0073" })
        {
            string text = string.Concat(Enumerable.Repeat(part, 100_000));
            Assert.False(Redactor.HoldsKey(text, OddKey));
        }
    }
}
