using KlingPS.Core.Tests.Support;
using KlingPS.Protocol;

namespace KlingPS.Core.Tests.Protocol;

/// <summary>Foreign text before a person sees it.</summary>
public sealed class RedactorTests
{
    [Theory]
    [InlineData("see https://cdn.test/v.mp4?ksSecret=abc&ksTime=1 now", "see https://cdn.test/v.mp4?… now")]
    [InlineData("""{"url":"https://cdn.test/v.mp4?a=b"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("""{"url":"https:\/\/cdn.test\/v.mp4?a=b"}""", """{"url":"https:\/\/cdn.test\/v.mp4?…"}""")]
    [InlineData("""{"url":"https://cdn.test/v.mp4\u003fa=b\u0026c=d"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("""{"url":"https://cdn.test/v.mp4\u003Fa=b"}""", """{"url":"https://cdn.test/v.mp4?…"}""")]
    [InlineData("http://a.test/x?1 and https://b.test/y?2", "http://a.test/x?… and https://b.test/y?…")]
    [InlineData("HTTPS://cdn.test/v.mp4?ksSecret=abc", "HTTPS://cdn.test/v.mp4?…")]
    [InlineData("""{\"url\":\"https:\\\/\\\/cdn.test\\\/v.mp4?a=b\"}""", """{\"url\":\"https:\\\/\\\/cdn.test\\\/v.mp4?…"}""")]
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
    public void What_turns_or_ends_the_line_is_taken_out() => Assert.Equal("a gnp.exe b c", Redactor.Message("a\u202egnp.exe\u2028b\u2066c", null));

    [Fact]
    public void No_half_of_a_pair_is_left_at_the_bound() =>
        Assert.Equal(new string('x', 499) + "…", Redactor.Message(new string('x', 499) + "\ud83c\udfac and more", null));

    [Fact]
    public void A_body_steers_no_terminal() => Assert.Equal("a [2J\nb", Redactor.Body("a\u001b[2J\nb", null));

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
        Assert.DoesNotContain("sk-", Redactor.Message(new string('x', 490) + Given.Key, Given.Key), StringComparison.Ordinal);
}
