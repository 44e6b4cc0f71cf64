namespace KlingPS.Core.Tests.Models;

/// <summary>Foreign text as a terminal may get it.</summary>
public sealed class DisplayTextTests
{
    public static TheoryData<string> Unsafe =>
    [
        "\u0000", "\u0007", "\u0008", "\n", "\r", "\t", "\u001b", "\u007f", "\u0085", "\u009b", "\u00ad", "\u034f",
        "\u061c", "\u115f", "\u180e",
        "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2064",
        "\u2066", "\u2069", "\u206f",
        "\u3164", "\ufe00", "\ufeff", "\uffa0", "\ufff9", "\ud800", "\udc00", "\ud834\udd73", "\udb40\udc41",
        "\udb40\udc7f", "\udb40\udd00",
    ];

    public static TheoryData<string> Writing =>
    [
        "", "a", "~", "é", "ß", "日本語", "עברית", "العربية", "नमस्ते", "\ud83c\udfac", "❤\ufe0f", "1\ufe0f\u20e3", "‘’“”",
        "…", "\u00a0", "$(x)`y",
    ];

    [Theory]
    [MemberData(nameof(Unsafe), DisableDiscoveryEnumeration = true)]
    public void Control_bidi_and_invisible_characters_are_replaced_everywhere(string text)
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
        Assert.Equal(
            "{\n\"a\":\"\\u202e\\udb40\\udc41é\"}", DisplayText.EscapeJson("{\n\"a\":\"\u202e\udb40\udc41é\"}"));

    [Fact]
    public void An_error_is_fit_to_be_shown_whoever_makes_it()
    {
        KlingException error = new(
            KlingError.InvalidRequest, "a\u001bb", new IOException("c\u001bd", new IOException("e\u202ef")))
        {
            ServiceCode = "\u0007",
            ServiceMessage = "\u200b",
            RequestId = "\u009b",
            Action = "\u2066",
        };

        Assert.False(DisplayText.IsUnsafe($"{error}", keepLines: true));
        Assert.False(
            DisplayText.IsUnsafe($"{error.Message}{error.WhatHappened}{error.RecommendedAction}{error.RequestId}"));
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
    public void An_address_with_control_characters_is_rejected(string? text) => Assert.Null(WebAddress.Parse(text));

    [Theory]
    [InlineData("https://cdn.test/v.mp4?ksSecret=0123&ksTime=794fa816")]
    [InlineData("https://cdn.test/a%20b/%E6%97%A5.mp4?x=%2F%1B")]
    [InlineData("http://127.0.0.1:5000/v.mp4")]
    public void Any_other_address_is_one(string text) => Assert.Equal(text, WebAddress.Parse(text)?.OriginalString);

    [Fact]
    public void An_id_that_was_shown_with_a_mark_in_it_is_never_asked_for() =>
        Assert.Throws<KlingException>(
            () => TaskIds.Check(KlingTask.FromId("1\u001b2", KlingTaskKind.TextToVideo, Given.Start).TaskId));
}

/// <summary>Kinds, ids and file names.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData(KlingTaskKind.VideoExtension, "v1/videos/video-extend")]
    [InlineData(KlingTaskKind.TextToVideo, "v1/videos/text2video")]
    [InlineData(KlingTaskKind.ImageToVideo, "v1/videos/image2video")]
    [InlineData(KlingTaskKind.MultiImageToVideo, "v1/videos/multi-image2video")]
    [InlineData(KlingTaskKind.OmniVideo, "v1/videos/omni-video")]
    [InlineData(KlingTaskKind.Effects, "v1/videos/effects")]
    [InlineData(KlingTaskKind.LipSync, "v1/videos/lip-sync")]
    [InlineData(KlingTaskKind.AdvancedLipSync, "v1/videos/advanced-lip-sync")]
    [InlineData(KlingTaskKind.Avatar, "v1/videos/avatar/image2video")]
    [InlineData(KlingTaskKind.MultiElements, "v1/videos/multi-elements")]
    public void The_routes_are_the_gateways(KlingTaskKind kind, string route) =>
        Assert.Equal(route, TaskKinds.RouteOf(kind));

    [Fact]
    public void A_kind_that_is_none_has_no_route() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TaskKinds.RouteOf((KlingTaskKind)99));

    [Theory]
    [InlineData("861234567890123456")]
    [InlineData("CmCmrWduIncAAAAAAUxTLg==")]
    [InlineData("-_~")]
    public void An_id_of_the_service_is_taken(string id) => Assert.Equal(id, TaskIds.CheckService(id));

    [Theory]
    [InlineData("\uff15")]
    [InlineData("8612345б7890")]
    [InlineData("")]
    public void An_id_in_other_letters_is_none_of_the_services(string id) =>
        Assert.Equal("InvalidRequest", Assert.Throws<KlingException>(() => TaskIds.CheckService(id)).ErrorId);

    [Fact]
    public void Half_a_character_in_a_message_is_none() =>
        Assert.Equal("\uFFFDx\ud83c\udfac\uFFFD", DisplayText.ToDisplay("\ud83dx\ud83c\udfac\udfac"));

    [Fact]
    public void A_value_in_a_message_is_as_long_as_can_be_read() =>
        Assert.Equal(new string('x', 99) + "…", DisplayText.ToDisplay(new string('x', 99) + "\ud83c\udfac and more"));

    [Fact]
    public void No_message_grows_with_the_value_it_names() =>
        Assert.InRange(
            new KlingException(KlingError.FileExists, new string('x', 1_000_000)).Message.Length, 1500, 2000);

    [Theory]
    [InlineData("861234567890123456", "861234567890123456")]
    [InlineData(" 861234567890123456\r\n", "861234567890123456")]
    [InlineData("CmCmrWduIncAAAAAAUxTLg==", "CmCmrWduIncAAAAAAUxTLg==")]
    [InlineData("my/own:id", "my/own:id")]
    public void An_id_is_taken_without_the_space_around_it(string given, string id) =>
        Assert.Equal(id, TaskIds.Check(given));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\u0000b")]
    public void What_can_be_no_id_is_never_sent(string? given)
    {
        KlingException error = Assert.Throws<KlingException>(() => TaskIds.Check(given));

        Assert.Equal(("InvalidRequest", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
    }

    [Fact]
    public void An_id_has_a_bound()
    {
        Assert.Equal(256, TaskIds.Check(new string('a', 256)).Length);
        Assert.Throws<KlingException>(() => TaskIds.Check(new string('a', 257)));
    }
}
