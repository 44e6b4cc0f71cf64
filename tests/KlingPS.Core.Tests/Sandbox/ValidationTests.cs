namespace KlingPS.Core.Tests.Sandbox;

public sealed class ValidationTests
{
    private readonly SandboxAccount _account = new();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("prompt=a")]
    public void A_body_that_is_no_json_object_is_400_1200(string body)
    {
        (int status, int code, _) = _account.Refuse(SandboxAccount.Text, body);

        Assert.Equal((400, 1200), (status, code));
    }

    [Theory]
    [InlineData(SandboxAccount.Text, """{}""", "prompt is required")]
    [InlineData(SandboxAccount.Text, """{"prompt":null}""", "prompt is required")]
    [InlineData(SandboxAccount.Text, """{"prompt":" "}""", "prompt is required")]
    [InlineData(SandboxAccount.Text, """{"prompt":5}""", "prompt must be a JSON string")]
    [InlineData(SandboxAccount.Text, """{"prompt":"\ud800"}""", "prompt is not valid Unicode")]
    [InlineData(SandboxAccount.Text, """{"prompt":"p","duration":5}""", "duration must be a JSON string")]
    [InlineData(SandboxAccount.Text, """{"prompt":"p","watermark_info":true}""", "watermark_info must be a")]
    [InlineData(SandboxAccount.Image, """{"prompt":"p"}""", "image or image_tail is required")]
    [InlineData(SandboxAccount.Extend, """{"video_id":"1"}""", "task_id is required")]
    [InlineData(SandboxAccount.Extend, """{"task_id":"1"}""", "video_id is required")]
    [InlineData(SandboxAccount.Extend, """{"task_id":1,"video_id":"1"}""", "task_id must be a JSON string")]
    [InlineData(SandboxAccount.Extend, """{"task_id":"1","video_id":1}""", "video_id must be a JSON string")]
    public void A_missing_or_mistyped_field_is_400_1200_and_named(string route, string body, string expected)
    {
        (int status, int code, string message) = _account.Refuse(route, body);

        Assert.Equal((400, 1200), (status, code));
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "duration":"99" """, "duration value '99' is invalid")]
    [InlineData(""" "duration":"7","model_name":"kling-v1-6" """, "duration value '7' is invalid")]
    [InlineData(""" "duration":"2","model_name":"kling-v3" """, "duration value '2' is invalid")]
    [InlineData(""" "duration":"five" """, "duration value 'five' is invalid")]
    [InlineData(""" "mode":"4k" """, "mode value '4k' is invalid")]
    [InlineData(""" "model_name":"kling-v1-6","mode":"4k" """, "mode value '4k' is invalid")]
    [InlineData(""" "model_name":"kling-v2-6","sound":"on" """, "sound is not supported by kling-v2-6 in this mode")]
    [InlineData(""" "model_name":"kling-v2-master","mode":"pro" """, "mode value 'pro' is invalid")]
    [InlineData(""" "mode":"PRO" """, "mode value 'PRO' is invalid")]
    [InlineData(
        """ "model_name":"kling-v2-master","cfg_scale":0.5 """, "cfg_scale is not supported by kling-v2-master")]
    [InlineData(""" "aspect_ratio":"4:3" """, "aspect_ratio value '4:3' is invalid")]
    [InlineData(""" "cfg_scale":1.01 """, "cfg_scale must be between 0 and 1")]
    [InlineData(""" "cfg_scale":-0.1 """, "cfg_scale must be between 0 and 1")]
    [InlineData(""" "cfg_scale":"0.5" """, "cfg_scale must be a number")]
    [InlineData(""" "callback_url":"here" """, "callback_url must be an http or https address")]
    public void A_value_the_service_does_not_take_is_400_1201_and_named(string field, string expected)
    {
        (int status, int code, string message) = _account.Refuse(SandboxAccount.Text, $$"""{"prompt":"p",{{field}}}""");

        Assert.Equal((400, 1201), (status, code));
        Assert.StartsWith(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("negative_prompt")]
    public void A_prompt_may_have_2500_characters_and_no_more(string field)
    {
        string other = field == "prompt" ? "" : """ "prompt":"p", """;
        _account.Create(SandboxAccount.Text, $$"""{{{other}}"{{field}}":"{{new string('x', 2500)}}"}""");

        (int status, int code, string message) =
            _account.Refuse(SandboxAccount.Text, $$"""{{{other}}"{{field}}":"{{new string('x', 2501)}}"}""");

        Assert.Equal((400, 1201), (status, code));
        Assert.StartsWith(field + " is longer than 2500", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "model_name":"kling-v3","mode":"4k" """)]
    [InlineData(""" "mode":"pro","duration":"10","aspect_ratio":"9:16","cfg_scale":0 """)]
    [InlineData(""" "model_name":"kling-v3","duration":"15","cfg_scale":1 """)]
    [InlineData(""" "duration":null,"cfg_scale":null,"external_task_id":"","something_new":[1] """)]
    public void What_the_service_takes_is_taken(string fields) =>
        _account.Create(SandboxAccount.Text, $$"""{"prompt":"p",{{fields}}}""");

    [Theory]
    [InlineData(SandboxAccount.Text, """{"prompt":"p","model_name":"kling-v9"}""")]
    [InlineData(SandboxAccount.Text, """{"prompt":"p","model_name":"kling-v2-1"}""")]
    [InlineData(SandboxAccount.Text, """{"prompt":"p","model_name":"Kling-V1-6"}""")]
    [InlineData(SandboxAccount.Image, """{"image":"https://x.test/a.png","model_name":""}""")]
    public void An_unknown_model_is_404_1203(string route, string body)
    {
        (int status, int code, string message) = _account.Refuse(route, body);

        Assert.Equal((404, 1203), (status, code));
        Assert.StartsWith("The model is discontinued", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_called_model_is_ignored() =>
        _account.Create(SandboxAccount.Text, """{"prompt":"p","model":"kling-v9"}""");

    [Theory]
    [InlineData(""" "image":"https://x.test/a.png" """)]
    [InlineData(""" "image_tail":"https://x.test/a.png","model_name":"kling-v1-5","mode":"pro" """)]
    [InlineData(""" "image":"iVBORw0KGgo=","image_tail":"iVBORw0KGgo=" """)]
    public void An_image_is_an_address_or_base64(string fields) =>
        _account.Create(SandboxAccount.Image, $$"""{{{fields}}}""");

    [Theory]
    [InlineData("kling-v1-5", "std")]
    [InlineData("kling-v2-master", null)]
    public void A_last_frame_is_taken_in_the_modes_of_the_model_only(string model, string? mode)
    {
        string field = mode is null ? "" : $""","mode":"{mode}" """;
        (int status, int code, string message) = _account.Refuse(
            SandboxAccount.Image, $$"""{"image":"https://x.test/a.png","image_tail":"https:"""
                + $$"""//x.test/b.png","model_name":"{{model}}"{{field}}}""");

        Assert.Equal((400, 1201), (status, code));
        Assert.StartsWith($"image_tail is not supported by {model}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image", "data:image/png;base64,iVBORw0KGgo=", "without a data: prefix")]
    [InlineData("image_tail", "DATA:image/png;base64,iVBORw0KGgo=", "without a data: prefix")]
    [InlineData("image", "./harbour.png", "neither an address nor valid base64")]
    public void Any_other_image_is_400_1201(string field, string image, string expected)
    {
        (int status, int code, string message) =
            _account.Refuse(SandboxAccount.Image, $$"""{"{{field}}":"{{image}}"}""");

        Assert.Equal((400, 1201), (status, code));
        Assert.StartsWith(field + " ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
