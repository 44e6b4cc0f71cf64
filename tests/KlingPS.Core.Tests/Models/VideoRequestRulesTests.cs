using KlingPS.Requests;

namespace KlingPS.Core.Tests.Models;

/// <summary>Combinations the service is known to refuse, and those on which sources disagree.</summary>
public sealed class VideoRequestRulesTests
{
    private static readonly ImageSource Image = ImageSource.FromUrl(new Uri("https://me.test/a.png"));
    private static readonly VideoRequest Text = new() { Prompt = "dawn" };
    private static readonly VideoRequest Still = new() { Image = Image };
    private static readonly VideoRequest Tail = new() { Image = Image, ImageTail = Image };

    private static readonly Dictionary<string, VideoRequest> Refused = new()
    {
        ["text without a prompt"] = new(),
        ["text with a blank prompt"] = new() { Prompt = " " },
        ["a model for images only"] = Text with { Model = "kling-v2-1" },
        ["a mode for a model without modes"] = Text with { Model = "kling-v2-master", Mode = "std" },
        ["the same for its successor"] = Text with { Model = "kling-v2-1-master", Mode = "pro" },
        ["a mode the model does not have"] = Text with { Model = "kling-v2-6", Mode = "std" },
        ["4k for a model before v3"] = Text with { Model = "kling-v1-6", Mode = "4k" },
        ["a mode nobody has"] = Text with { Model = "kling-v1", Mode = "best" },
        ["a last frame in std"] = Tail with { Model = "kling-v1-6" },
        ["a last frame in std, said aloud"] = Tail with { Model = "kling-v1-5", Mode = "std" },
        ["a last frame for a model without"] = Tail with { Model = "kling-v2-master" },
        ["the same for its successor with only a tail"] = new() { ImageTail = Image, Model = "kling-v2-1-master" },
        ["7 seconds of an older model"] = Text with { Model = "kling-v1", Duration = 7 },
        ["0 seconds"] = Text with { Duration = 0 },
        ["15 seconds of an older model"] = Text with { Model = "kling-v2-5-turbo", Duration = 15 },
        ["2 seconds of v3"] = Text with { Model = "kling-v3", Duration = 2 },
        ["16 seconds of v3"] = Text with { Model = "kling-v3", Duration = 16 },
        ["cfg for v2"] = Text with { Model = "kling-v2-master", CfgScale = 0.5 },
        ["cfg for v2.5"] = Text with { Model = "kling-v2-5-turbo", CfgScale = 0.5 },
        ["cfg for v2.6"] = Text with { Model = "kling-v2-6", Mode = "pro", CfgScale = 0.5 },
        ["a model with a line end"] = Text with { Model = "kling-v9\n" },
        ["a model that is a number"] = Text with { Model = "-1" },
        ["a model in other letters"] = Text with { Model = "kling-\u0475" },
        ["a model as long as a book"] = Text with { Model = new string('k', 65) },
        ["a mode with a control character, of a model we do not know"] = Text with { Model = "kling-v9", Mode = "st\u001bd" },
        ["a ratio of words, of a model we do not know"] = Text with { Model = "kling-v9", AspectRatio = "wide" },
        ["a second less than none, of a model we do not know"] = Text with { Model = "kling-v9", Duration = -1 },
        ["days, of a model we do not know"] = Text with { Model = "kling-v9", Duration = int.MaxValue },
        ["a ratio nobody takes"] = Text with { AspectRatio = "21:9" },
    };

    private static readonly Dictionary<string, VideoRequest> Warned = new()
    {
        ["v1.5 from text"] = Text with { Model = "kling-v1-5" },
        ["4k of v3"] = Text with { Model = "kling-v3", Mode = "4k" },
        ["a last frame with 10 seconds"] = Tail with { Model = "kling-v1", Duration = 10 },
        ["a disputed ratio"] = Text with { AspectRatio = "4:3" },
        ["a ratio for an image"] = Still with { AspectRatio = "16:9" },
    };

    private static readonly Dictionary<string, VideoRequest> Taken = new()
    {
        ["text alone"] = Text,
        ["an image alone"] = Still,
        ["everything v1 takes"] = Text with { Model = "kling-v1", Mode = "pro", Duration = 10, AspectRatio = "9:16", CfgScale = 1 },
        ["a last frame in pro"] = Tail with { Model = "kling-v1-6", Mode = "pro", Duration = 5 },
        ["a last frame of v1 in std"] = Tail,
        ["a model without modes, none given"] = Still with { Model = "kling-v2-master", Duration = 5 },
        ["a model for images, from one"] = Still with { Model = "kling-v2-1", Mode = "pro" },
        ["a model with pro only, none given"] = Text with { Model = "kling-v2-6" },
        ["any second of v3"] = Text with { Model = "kling-v3", Duration = 7 },
        ["names in another case"] = Text with { Model = "KLING-V1-6", Mode = "PRO" },
        ["a model we do not know, with anything"] = Tail with { Model = "kling-v9", Mode = "8k", Duration = 99, AspectRatio = "5:1", CfgScale = 1 },
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> WarnedNames => [.. Warned.Keys];

    public static TheoryData<string> TakenNames => [.. Taken.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void What_the_service_refuses_is_refused_before_it_is_sent(string what)
    {
        KlingException error = Assert.Throws<KlingException>(() => VideoRequestRules.Check(Refused[what]));

        Assert.Equal(("InvalidRequest", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
    }

    [Theory]
    [InlineData("Kling-V1-6", "kling-v1-6")]
    [InlineData("kling-v2-MASTER", "kling-v2-master")]
    [InlineData("Kling-V9", "Kling-V9")]
    [InlineData(null, null)]
    public void A_model_we_know_is_sent_in_the_services_spelling(string? given, string? sent) =>
        Assert.Equal(sent, VideoModels.InServiceSpelling(given));

    [Theory]
    [InlineData("PRO", "pro")]
    [InlineData("4K", "4k")]
    [InlineData("8K", "8K")]
    [InlineData(null, null)]
    public void A_mode_we_know_is_sent_in_the_services_spelling(string? given, string? sent) =>
        Assert.Equal(sent, VideoModels.ModeInServiceSpelling(given));

    [Theory]
    [MemberData(nameof(WarnedNames))]
    public void What_sources_disagree_on_is_one_warning(string what) => Assert.Single(VideoRequestRules.Check(Warned[what]));

    [Theory]
    [MemberData(nameof(TakenNames))]
    public void What_the_service_takes_passes_silently(string what) => Assert.Empty(VideoRequestRules.Check(Taken[what]));
}
