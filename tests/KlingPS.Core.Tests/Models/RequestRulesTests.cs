namespace KlingPS.Core.Tests.Models;

/// <summary>Combinations the service is known to refuse, and those on which sources disagree.</summary>
public sealed class VideoRequestRulesTests
{
    private static readonly ImageSource Image = ImageSource.FromUrl(new Uri("https://me.test/a.png"));
    private static readonly VideoRequest Text = new() { Prompt = "dawn" };
    private static readonly VideoRequest Still = new() { Image = Image };
    private static readonly VideoRequest Tail = new() { Image = Image, ImageTail = Image };

    private static readonly Uri Video = new("https://me.test/v.mp4");
    private static readonly VideoRequest Omni = Text with { Model = "kling-video-o1", AspectRatio = "16:9" };
    private static readonly VideoRequest Follow = Omni with
    {
        ReferenceVideo = new VideoReference(Video, IsBase: false, KeepsSound: false, TimeSpan.FromSeconds(5)),
    };

    private static readonly VideoRequest Edit = Omni with
    {
        ReferenceVideo = new VideoReference(Video, IsBase: true, KeepsSound: true),
        AspectRatio = null,
    };

    private static readonly Shot[] Two = [new("She ties her shoes.", 2), new("She crosses a bridge.", 3)];

    private static readonly Dictionary<string, VideoRequest> Refused = new()
    {
        ["text without a prompt"] = new(),
        ["text with a blank prompt"] = new() { Prompt = " " },
        ["a model for images only"] = Text with { Model = "kling-v2-1" },
        ["a mode for a model without modes"] = Text with { Model = "kling-v2-master", Mode = "std" },
        ["the same for its successor"] = Text with { Model = "kling-v2-1-master", Mode = "pro" },
        ["a mode the model does not have"] = Text with { Model = "kling-v2-6", Mode = "4k" },
        ["sound in std"] = Text with { Model = "kling-v2-6", Sound = "on" },
        ["sound of a silent model"] = Text with { Model = "kling-v2-5-turbo", Mode = "pro", Sound = "on" },
        ["sound of O1"] = Omni with { Sound = "off" },
        ["sound beside a reference video"] = Follow with { Model = "kling-v3-omni", Sound = "on" },
        ["references for v3"] = Text with { Model = "kling-v3", References = [Image] },
        ["a reference video for v2.6"] = Follow with { Model = "kling-v2-6" },
        ["a prompt missing on the omni route"] = Omni with { Prompt = null },
        ["no ratio on the omni route"] = Omni with { AspectRatio = null },
        ["an older ratio on the omni route"] = Omni with { AspectRatio = "4:3" },
        ["7 seconds of O1 from text"] = Omni with { Duration = 7 },
        ["11 seconds of O1 with references"] = Omni with { References = [Image], Duration = 11 },
        ["eight references"] = Omni with { References = [.. Enumerable.Repeat(Image, 8)] },
        ["five references beside a video"] = Follow with { References = [.. Enumerable.Repeat(Image, 5)] },
        ["a reference beside two frames of O1"] = Omni with { Image = Image, ImageTail = Image, References = [Image] },
        ["an element beside two frames of O1"] = Omni with { Image = Image, ImageTail = Image, Elements = ["1"] },
        ["frames of an edited video"] = Edit with { Image = Image },
        ["an edited video in shots"] = Edit with { Model = "kling-v3-omni", HasServiceShots = true },
        ["told shots after a video"] = Follow with { Model = "kling-v3-omni", Prompt = null, Shots = Two },
        ["a reference video too long for O1"] = Follow with
        {
            ReferenceVideo = new VideoReference(Video, IsBase: false, KeepsSound: false, TimeSpan.FromSeconds(15.1)),
        },
        ["shots of a model without"] = new() { Model = "kling-v2-6", Shots = Two },
        ["seven shots"] = new() { Model = "kling-v3", Shots = [.. Enumerable.Repeat(Two[0], 7)], Duration = 14 },
        ["shots that do not make the duration"] = new() { Model = "kling-v3", Shots = Two, Duration = 6 },
        ["a shot of no time"] = new() { Model = "kling-v3", Shots = [new Shot("a", 0)] },
        ["a shot without words"] = new() { Model = "kling-v3", Shots = [new Shot("", 3)] },
        ["a shot told at length"] = new() { Model = "kling-v3", Shots = [new Shot(new string('x', 513), 3)] },
        ["shots told and left to the service"] =
            new() { Model = "kling-v3", Shots = Two, HasServiceShots = true },
        ["four elements of v3"] = Still with { Model = "kling-v3", Elements = ["1", "2", "3", "4"] },
        ["an element of v3 without an image"] = Text with { Model = "kling-v3", Elements = ["1"] },
        ["an element of v2.6"] = Still with { Model = "kling-v2-6", Elements = ["1"] },
        ["a voice in silence"] = Still with { Model = "kling-v2-6", Mode = "pro", Voices = ["1"] },
        ["a voice in the prompt, in silence"] = Text with { Model = "kling-v2-6", Prompt = "<<<voice_1>>> sings" },
        ["three voices"] = Still with { Model = "kling-v2-6", Mode = "pro", Sound = "on", Voices = ["1", "2", "3"] },
        ["a camera for v1.6"] = Text with { Model = "kling-v1-6", CameraControl = new CameraControl("down_back") },
        ["a camera in pro"] =
            Text with { Model = "kling-v1", Mode = "pro", CameraControl = new CameraControl("down_back") },
        ["five images at once"] = Text with { Model = "kling-v1-6", References = [.. Enumerable.Repeat(Image, 5)] },
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
        ["a mode with a control character, of a model we do not know"] =
            Text with { Model = "kling-v9", Mode = "st\u001bd" },
        ["a ratio of words, of a model we do not know"] = Text with { Model = "kling-v9", AspectRatio = "wide" },
        ["a second less than none, of a model we do not know"] = Text with { Model = "kling-v9", Duration = -1 },
        ["days, of a model we do not know"] = Text with { Model = "kling-v9", Duration = int.MaxValue },
        ["a ratio nobody takes"] = Text with { AspectRatio = "21:9" },
    };

    private static readonly Dictionary<string, VideoRequest> Warned = new()
    {
        ["std of v2.6"] = Text with { Model = "kling-v2-6" },
        ["sound at the gateway"] = Text with { Model = "kling-v3", Sound = "on" },
        ["7 seconds of v3 at the gateway"] = Text with { Model = "kling-v3", Duration = 7 },
        ["v3 omni at the gateway"] = Omni with { Model = "kling-v3-omni" },
        ["a prompt beside told shots, of a model we do not know"] =
            Text with { Model = "kling-v9", Shots = Two },
        ["a length for an edited video"] = Edit with { Duration = 5 },
        ["anything of 4.0"] = Text with { Model = "kling-4.0", Duration = 99 },
        ["3.0 turbo"] = Text with { Model = "kling-3.0-turbo", Duration = 7 },
        ["v1.5 from text"] = Text with { Model = "kling-v1-5" },
        ["4k of v3"] = Text with { Model = "kling-v3", Mode = "4k" },
        ["a last frame with 10 seconds"] = Tail with { Duration = 10 },
        ["a disputed ratio"] = Text with { AspectRatio = "4:3" },
        ["a ratio for an image"] = Still with { AspectRatio = "16:9" },
    };

    private static readonly Dictionary<string, VideoRequest> Taken = new()
    {
        ["text alone"] = Text,
        ["an image alone"] = Still,
        ["everything v1 takes"] =
            Text with { Model = "kling-v1", Mode = "pro", Duration = 10, AspectRatio = "9:16", CfgScale = 1 },
        ["a last frame in pro"] = Tail with { Model = "kling-v1-6", Mode = "pro", Duration = 5 },
        ["a last frame of v1 in std"] = Tail,
        ["a model without modes, none given"] = Still with { Model = "kling-v2-master", Duration = 5 },
        ["a model for images, from one"] = Still with { Model = "kling-v2-1", Mode = "pro" },
        ["10 seconds of v3"] = Text with { Model = "kling-v3", Duration = 10 },
        ["text alone on the omni route"] = Omni,
        ["7 seconds of O1 with a reference"] = Omni with { References = [Image], Duration = 7 },
        ["two frames of O1"] = Omni with { Image = Image, ImageTail = Image, AspectRatio = null },
        ["a video to follow"] = Follow,
        ["a video to edit, with a reference"] = Edit with { References = [Image] },
        ["four images at once"] = Text with { Model = "kling-v1-6", References = [.. Enumerable.Repeat(Image, 4)] },
        ["a camera of v1"] = Text with { Model = "kling-v1", CameraControl = new CameraControl("down_back") },
        ["names in another case"] = Text with { Model = "KLING-V1-6", Mode = "PRO" },
        ["a model we do not know, with anything"] =
            Tail with { Model = "kling-v9", Mode = "8k", Duration = 99, AspectRatio = "5:1", CfgScale = 1 },
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
    [InlineData("kling-v1.6", "kling-v1-6")]
    [InlineData("Kling-1.6", "kling-v1-6")]
    [InlineData("klingv1-6", "kling-v1-6")]
    [InlineData("kling-v2-5-trbo", "kling-v2-5-turbo")]
    [InlineData("kling-v4", null)]
    [InlineData("kling-v1-7", null)]
    [InlineData("kling-video-01", null)]
    [InlineData("best", null)]
    public void A_model_one_slip_away_from_one_we_know_is_passed_on_with_a_question(string model, string? known)
    {
        IReadOnlyList<string> warnings = VideoRequestRules.Check(Text with { Model = model });

        Assert.Equal(
            known is null ? [] : [$"Unknown model '{model}' is passed on; did you mean {known}?"], warnings);
    }

    [Theory]
    [MemberData(nameof(WarnedNames))]
    public void What_sources_disagree_on_is_one_warning(string what) =>
        Assert.Single(VideoRequestRules.Check(Warned[what], ServiceFor(Warned[what])));

    [Theory]
    [MemberData(nameof(TakenNames))]
    public void What_the_service_takes_passes_silently(string what) =>
        Assert.Empty(VideoRequestRules.Check(Taken[what], ServiceFor(Taken[what])));

    [Theory]
    [InlineData("kling-v1-6", "2026-09-15")]
    [InlineData("kling-v2-master", "retired kling-v2-master;")]
    [InlineData(null, "kling-v1 (the service's default)")]
    public void A_model_that_Kling_has_ended_is_refused_at_Kling_and_told_at_a_gateway(string? model, string said)
    {
        VideoRequest request = Text with { Model = model };

        KlingException error =
            Assert.Throws<KlingException>(() => VideoRequestRules.Check(request, ServiceSide.Kling));

        Assert.Equal("InvalidRequest", error.ErrorId);
        Assert.Contains(said.TrimEnd(';'), error.Message, StringComparison.Ordinal);
        Assert.Equal(
            model is null ? [] : [true],
            VideoRequestRules.Check(request).Select(text => text.Contains(said, StringComparison.Ordinal)));
        Assert.Empty(VideoRequestRules.Check(request, ServiceSide.Sandbox));
    }

    // Where an ended model is no news.
    private static ServiceSide ServiceFor(VideoRequest request) =>
        VideoModels.Find(request.Model)?.IsRetired == true ? ServiceSide.Sandbox : ServiceSide.Gateway;

    [Fact]
    public void At_Kling_what_only_the_gateway_leaves_out_is_no_warning() => Assert.Empty(VideoRequestRules.Check(
        new VideoRequest { Model = "kling-v3", Shots = Two, Sound = "on", Mode = "4k" }, ServiceSide.Kling));
}

/// <summary>Lengths of prompts.</summary>
public sealed class PromptRulesTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(500, false)]
    [InlineData(501, true)]
    [InlineData(2500, true)]
    public void Beyond_what_the_gateway_documents_is_a_warning(int length, bool warns)
    {
        string? warning = PromptRules.Check("Prompt", new string('x', length), PromptRules.Documented);

        Assert.Equal(warns, warning is not null);
        Assert.Equal(warns, warning?.Contains($"-Prompt has {length} characters", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Beyond_what_the_service_takes_is_an_error_and_nothing_was_sent()
    {
        KlingException error = Refused(new string('x', 2501));

        Assert.Equal(("PromptTooLong", SubmissionOutcome.NotSent), (error.ErrorId, error.Submission));
    }

    [Fact]
    public void A_character_outside_the_basic_plane_is_one()
    {
        string prompt = string.Concat(Enumerable.Repeat("🌅", 500));

        Assert.Null(PromptRules.Check("Prompt", prompt, PromptRules.Documented));
        Assert.NotNull(PromptRules.Check("Prompt", prompt + "x", PromptRules.Documented));
    }

    [Theory]
    [InlineData('\ud83c', "x")]
    [InlineData('\udf05', "x")]
    [InlineData('\ud83c', "")]
    public void Half_a_character_cannot_be_sent(char half, string after) =>
        Assert.Equal("InvalidRequest", Refused("dawn " + half + after).ErrorId);

    [Theory]
    [InlineData('\0')]
    [InlineData('\u001b')]
    [InlineData('\b')]
    [InlineData('\a')]
    [InlineData('\u007f')]
    [InlineData('\u009b')]
    public void What_a_terminal_would_carry_out_is_no_description(char control)
    {
        KlingException error = Refused($"dawn{control}[2J");

        Assert.Equal("InvalidRequest", error.ErrorId);
        Assert.Equal(
            $"-NegativePrompt contains the control character U+{(int)control:X4} at position 4. Remove it; line breaks "
                + "and tabs may stay.",
            error.Message);
    }

    [Theory]
    [InlineData("first line\r\n\tsecond line\n")]
    [InlineData("\u05d0\u202bרציף\u202c")]
    [InlineData("港の夜明け \u2028 🌅")]
    public void Lines_and_every_script_are_writing(string prompt) =>
        Assert.Null(PromptRules.Check("Prompt", prompt, PromptRules.Documented));

    [Fact]
    public void No_prompt_is_no_objection() => Assert.Null(PromptRules.Check("Prompt", null, 0));

    private static KlingException Refused(string prompt) =>
        Assert.Throws<KlingException>(
            () => PromptRules.Check("NegativePrompt", prompt, PromptRules.DocumentedNegative));
}

/// <summary>What is checked of a parent before an extension is paid for.</summary>
public sealed class ParentRulesTests
{
    private static readonly KlingVideo First =
        new() { VideoId = "v1", TaskId = "t", Duration = TimeSpan.FromSeconds(5.1) };
    private static readonly KlingVideo Second =
        new() { VideoId = "v2", TaskId = "t", Duration = TimeSpan.FromSeconds(180) };

    [Fact]
    public void The_only_video_is_the_one() => Assert.Equal("v1", Check(Parent(First)));

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public void The_wanted_one_of_several_videos_is_taken(string wanted) =>
        Assert.Equal(wanted, Check(Parent(First, Second with { Duration = null }), wanted));

    [Theory]
    [InlineData(KlingTaskStatus.Unknown)]
    [InlineData(KlingTaskStatus.Submitted)]
    [InlineData(KlingTaskStatus.Processing)]
    [InlineData(KlingTaskStatus.Failed)]
    public void A_task_that_has_not_succeeded_is_not_ready(KlingTaskStatus status) =>
        Assert.Equal("ParentNotReady", Refused(Parent(First) with { Status = status }).ErrorId);

    [Fact]
    public void A_task_without_a_video_has_none() => Assert.Equal("ParentHasNoVideo", Refused(Parent()).ErrorId);

    [Fact]
    public void A_video_of_another_task_is_not_its_own() =>
        Assert.Equal("ParentHasNoVideo", Refused(Parent(First), "v9").ErrorId);

    [Fact]
    public void Several_videos_and_none_wanted_is_ambiguous() =>
        Assert.Equal("AmbiguousVideo", Refused(Parent(First, Second)).ErrorId);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_video_past_its_time_is_expired(int seconds) =>
        Assert.Equal("ParentExpired", Refused(Parent(Expiring(seconds))).ErrorId);

    [Fact]
    public void A_video_just_before_its_time_is_not_expired() => Assert.Equal("v1", Check(Parent(Expiring(1))));

    [Fact]
    public void The_expiry_of_the_wanted_video_counts_not_that_of_another() =>
        Assert.Equal(
            "v2",
            Check(Parent(Expiring(-1), Second with { Duration = null, ExpiresAt = Expiring(5).ExpiresAt }), "v2"));

    [Theory]
    [InlineData(180)]
    [InlineData(181.5)]
    public void A_video_of_three_minutes_cannot_grow(double seconds) =>
        Assert.Equal("ParentTooLong", Refused(Parent(First with { Duration = TimeSpan.FromSeconds(seconds) })).ErrorId);

    [Theory]
    [InlineData(179.9)]
    [InlineData(null)]
    public void A_video_below_three_minutes_or_of_unknown_length_can(double? seconds) => Assert.Equal(
        "v1", Check(Parent(First with { Duration = seconds is { } known ? TimeSpan.FromSeconds(known) : null })));

    [Fact]
    public void A_task_rebuilt_without_its_videos_is_checked_by_its_scalars()
    {
        KlingTask rebuilt = Parent(First) with { Videos = [] };

        Assert.Equal("v1", Check(rebuilt));
        Assert.Equal("AmbiguousVideo", Refused(rebuilt with { VideoCount = 2 }).ErrorId);
        Assert.Equal("v2", Check(rebuilt with { VideoCount = 2 }, "v2"));
        Assert.Equal("ParentHasNoVideo", Refused(rebuilt, "v2").ErrorId);
        Assert.Equal("ParentExpired", Refused(rebuilt with { ExpiresAt = Expiring(-1).ExpiresAt }).ErrorId);
        Assert.Equal("ParentTooLong", Refused(rebuilt with { Duration = TimeSpan.FromSeconds(180) }).ErrorId);
        Assert.Equal("ParentHasNoVideo", Refused(rebuilt with { VideoId = "" }).ErrorId);
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("en-US")]
    public void A_date_in_a_message_is_of_the_one_calendar(string culture)
    {
        DateTime expired = new(2026, 2, 3, 4, 5, 6, DateTimeKind.Local);
        const KlingTaskKind kind = KlingTaskKind.TextToVideo;
        JournalEntry entry = new() { Id = "1", Kind = kind, At = expired, Event = JournalEvent.Intent };
        using InCulture other = new(culture);
        Assert.Contains(
            "expired at 2026-02-03 04:05.", Refused(Parent(First with { ExpiresAt = expired })).Message,
            StringComparison.Ordinal);
        Assert.Equal("TextToVideo at 2026-02-03 04:05:06", entry.Describe());
    }

    [Fact]
    public void Every_refusal_says_that_nothing_was_sent_and_names_the_task()
    {
        KlingException error = Refused(Parent());

        Assert.Equal(SubmissionOutcome.NotSent, error.Submission);
        Assert.Contains("861234567890123456", error.Message, StringComparison.Ordinal);
    }

    private static KlingVideo Expiring(int seconds) =>
        First with { ExpiresAt = Given.Start.AddSeconds(seconds).LocalDateTime };

    private static KlingTask Parent(params KlingVideo[] videos) =>
        Given.Task(status: KlingTaskStatus.Succeeded, videos: videos);

    private static string Check(KlingTask parent, string? wanted = null) =>
        ParentRules.VideoToExtend(parent, wanted, Given.Start);

    private static KlingException Refused(KlingTask parent, string? wanted = null) =>
        Assert.Throws<KlingException>(() => Check(parent, wanted));
}
