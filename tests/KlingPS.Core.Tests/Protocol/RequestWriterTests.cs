namespace KlingPS.Core.Tests.Protocol;

/// <summary>The exact bodies the service gets.</summary>
public sealed class RequestWriterTests
{
    private static readonly ImageSource Local = new("iVBORw0KGgo=", "<base64 of a.png, 8 bytes>");

    [Fact]
    public void An_extension_without_extras_is_two_ids() => Assert.Equal(
        """{"task_id":"861234567890123456","video_id":"861234567890123457"}""", Written(Given.Extension));

    [Fact]
    public void An_extension_with_everything() => Assert.Equal(
        """{"task_id":"1","video_id":"2","prompt":"the sun","negative_prompt":"rain","cfg_scale":"""
            + """0.5,"callback_url":"https://me.test/hook?a=b&c=d"}""",
        Written(new ExtensionRequest("1", "2")
        {
            Prompt = "the sun",
            NegativePrompt = "rain",
            CfgScale = 0.5,
            CallbackUrl = new Uri("https://me.test/hook?a=b&c=d"),
        }));

    [Fact]
    public void A_video_from_text_alone_is_its_prompt() =>
        Assert.Equal("""{"prompt":"a quiet harbour"}""", Written(Given.Video));

    [Fact]
    public void A_video_with_everything_names_its_model_and_has_its_duration_as_a_string() => Assert.Equal(
        """{"model_name":"kling-v1-6","prompt":"p","negative_prompt":"n","image":"iVBORw0KGgo=","image_tail":"https:"""
            + """//me.test/z.png","mode":"pro","duration":"10","aspect_ratio":"16:9","cfg_scale":"""
            + """0.7,"callback_url":"https://me.test/","external_task_id":"mine","watermark_info":{"enabled":"""
            + """true}}""",
        Written(new VideoRequest
        {
            Model = "kling-v1-6",
            Prompt = "p",
            NegativePrompt = "n",
            Image = Local,
            ImageTail = ImageSource.FromUrl(new Uri("https://me.test/z.png")),
            Mode = "pro",
            Duration = 10,
            AspectRatio = "16:9",
            CfgScale = 0.7,
            CallbackUrl = new Uri("https://me.test"),
            ExternalTaskId = "mine",
            Watermark = true,
        }));

    [Theory]
    [InlineData("l'été — 黎明 🌅 <b>")]
    [InlineData("quotes \" and \\ and\nlines")]
    public void A_prompt_arrives_as_it_was_written(string prompt)
    {
        using System.Text.Json.JsonDocument body = System.Text.Json.JsonDocument.Parse(
            RequestWriter.Write(Given.Video with { Prompt = prompt }));

        Assert.Equal(prompt, body.RootElement.GetProperty("prompt").GetString());
    }

    [Fact]
    public void Numbers_are_written_the_same_in_every_culture()
    {
        using InCulture culture = new("ar-SA");
        Assert.Equal(
            """{"prompt":"p","duration":"10","cfg_scale":0.25}""",
            Written(new VideoRequest { Prompt = "p", Duration = 10, CfgScale = 0.25 }));
    }

    [Fact]
    public void A_person_is_shown_the_name_of_an_image_instead_of_its_bytes()
    {
        string shown = RequestWriter.Describe(new VideoRequest { Image = Local });

        Assert.Equal("""{"image":"<base64 of a.png, 8 bytes>"}""", shown);
    }

    [Fact]
    public void What_would_be_sent_is_told_with_method_and_address()
    {
        using KlingConnection connection = Given.Connection();

        string told = new KlingClient(connection).Describe(Given.Extension);

        Assert.Equal(
            [
                "POST https://api.test/kling/v1/videos/video-extend",
                "{",
                "  \"task_id\": \"861234567890123456\",",
                "  \"video_id\": \"861234567890123457\"",
                "}",
            ],
            told.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData(false, false, KlingTaskKind.TextToVideo)]
    [InlineData(true, false, KlingTaskKind.ImageToVideo)]
    [InlineData(false, true, KlingTaskKind.ImageToVideo)]
    public void An_image_makes_it_a_video_from_an_image(bool first, bool last, KlingTaskKind kind) =>
        Assert.Equal(kind, new VideoRequest { Image = first ? Local : null, ImageTail = last ? Local : null }.Kind);

    private static string Written(SubmitRequest request) => Encoding.UTF8.GetString(RequestWriter.Write(request));
}
