using KlingPS.Core.Tests.Support;

namespace KlingPS.Core.Tests.Models;

/// <summary>Foreign text as a terminal may get it.</summary>
public sealed class DisplayTextTests
{
    public static TheoryData<string> Unsafe =>
    [
        "\u0000", "\u0007", "\u0008", "\n", "\r", "\t", "\u001b", "\u007f", "\u0085", "\u009b", "\u00ad", "\u034f", "\u061c", "\u115f", "\u180e",
        "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2064", "\u2066", "\u2069", "\u206f",
        "\u3164", "\ufe00", "\ufeff", "\uffa0", "\ufff9", "\ud800", "\udc00", "\ud834\udd73", "\udb40\udc41", "\udb40\udc7f", "\udb40\udd00",
    ];

    public static TheoryData<string> Writing =>
    [
        "", "a", "~", "é", "ß", "日本語", "עברית", "العربية", "नमस्ते", "\ud83c\udfac", "❤\ufe0f", "1\ufe0f\u20e3", "‘’“”", "…", "\u00a0", "$(x)`y",
    ];

    [Theory]
    [MemberData(nameof(Unsafe), DisableDiscoveryEnumeration = true)]
    public void What_steers_turns_or_hides_is_replaced_wherever_it_stands(string text)
    {
        Assert.True(DisplayText.IsUnsafe(text));
        Assert.Equal("\uFFFDa\uFFFD\uFFFDb\uFFFD", DisplayText.ToDisplay($"{text}a{text}{text}b{text}"));
    }

    [Theory]
    [MemberData(nameof(Writing), DisableDiscoveryEnumeration = true)]
    public void Writing_is_left_as_it_is(string text)
    {
        Assert.False(DisplayText.IsUnsafe(text));
        Assert.Equal(text, DisplayText.ToDisplay(text));
    }

    [Theory]
    [InlineData("a\ufe0f")]
    [InlineData("\ufe0f")]
    [InlineData(" \ufe0f")]
    [InlineData("❤\ufe0f\ufe0e")]
    public void A_variation_selector_that_varies_nothing_could_hide_something(string text) =>
        Assert.True(DisplayText.IsUnsafe(text));

    [Fact]
    public void Lines_stay_where_they_are_writing_and_a_return_that_overwrites_one_does_not() =>
        Assert.Equal("a\r\nb\n\tc\uFFFDd", DisplayText.ToLines("a\r\nb\n\tc\rd"));

    [Fact]
    public void Json_shows_what_is_unsafe_by_its_number_and_means_the_same() =>
        Assert.Equal("{\n\"a\":\"\\u202e\\udb40\\udc41é\"}", DisplayText.EscapeJson("{\n\"a\":\"\u202e\udb40\udc41é\"}"));

    [Fact]
    public void An_error_is_fit_to_be_shown_whoever_makes_it()
    {
        KlingException error = new(KlingError.InvalidRequest, "a\u001bb", new IOException("c\u001bd", new IOException("e\u202ef")))
        {
            ServiceCode = "\u0007",
            ServiceMessage = "\u200b",
            RequestId = "\u009b",
            Action = "\u2066",
        };

        Assert.False(DisplayText.IsUnsafe($"{error}", keepLines: true));
        Assert.False(DisplayText.IsUnsafe($"{error.Message}{error.WhatHappened}{error.RecommendedAction}{error.RequestId}"));
    }

    [Theory]
    [InlineData("https://cdn.test/\u001b[2J.mp4")]
    [InlineData("https://cdn.test/\u0007")]
    [InlineData("https://cdn.test/?a=\u202e")]
    [InlineData("https://cdn.test/%E2%80%8B")]
    [InlineData("https://cdn.test/%E2%81%A6x")]
    [InlineData("https://cdn.test/v.mp4#\u200b")]
    [InlineData("ftp://cdn.test/")]
    [InlineData("v.mp4")]
    [InlineData("")]
    [InlineData(null)]
    public void An_address_that_would_steer_a_terminal_is_none(string? text) => Assert.Null(WebAddress.Parse(text));

    [Theory]
    [InlineData("https://cdn.test/v.mp4?ksSecret=0123&ksTime=794fa816")]
    [InlineData("https://cdn.test/a%20b/%E6%97%A5.mp4?x=%2F%1B")]
    [InlineData("http://127.0.0.1:5000/v.mp4")]
    public void Any_other_address_is_one(string text) => Assert.Equal(text, WebAddress.Parse(text)?.OriginalString);

    [Fact]
    public void An_id_that_was_shown_with_a_mark_in_it_is_never_asked_for() =>
        Assert.Throws<KlingException>(() => TaskIds.Check(KlingTask.FromId("1\u001b2", KlingTaskKind.TextToVideo, Given.Start).TaskId));
}
