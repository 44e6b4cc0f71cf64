using System.Text.Json.Nodes;

namespace KlingPS.Tests;

/// <summary>The body that each line of PowerShell sends, compared whole.</summary>
public sealed class BodyTests : ShellTest
{
    private const string Png = "https://example.com/";

    public static TheoryData<string, string, string> Bodies => new()
    {
        {
            "New-KlingVideo 'A quiet harbour at dawn.' -Model kling-v2-5-turbo -NegativePrompt 'text, logo' -Mode std "
                + "-AspectRatio 16:9 -Duration 5 -ExternalTaskId klingps-0002",
            "text2video",
            """
            {"model_name":"kling-v2-5-turbo","prompt":"A quiet harbour at dawn.","negative_prompt":"text, logo",
            "mode":"std","aspect_ratio":"16:9","duration":"5","external_task_id":"klingps-0002"}
            """
        },
        {
            "New-KlingVideo 'Rain on a tin roof.' -Model kling-v2-6 -Mode pro -AspectRatio 1:1 -Duration 10 -Audio",
            "text2video",
            """
            {"model_name":"kling-v2-6","prompt":"Rain on a tin roof.","mode":"pro","aspect_ratio":"1:1",
            "duration":"10","sound":"on"}
            """
        },
        {
            "New-KlingVideo 'A castle on a hill.' -Model kling-v1 -Mode std -Duration 5 -Camera @{ Zoom = 5 }",
            "text2video",
            """
            {"model_name":"kling-v1","prompt":"A castle on a hill.","mode":"std","duration":"5","camera_control":
            {"type":"simple","config":{"horizontal":0,"vertical":0,"pan":0,"tilt":0,"roll":0,"zoom":5}}}
            """
        },
        {
            "New-KlingVideo -Model kling-v3 -Mode pro -AspectRatio 16:9 -Audio:$false -Shot "
                + "@{ Prompt = 'A runner ties her shoes.'; Duration = 2 }, "
                + "([pscustomobject]@{ Prompt = 'She crosses a bridge.'; Duration = '3' })",
            "text2video",
            """
            {"model_name":"kling-v3","multi_shot":true,"shot_type":"customize","multi_prompt":[{"index":1,
            "prompt":"A runner ties her shoes.","duration":"2"},{"index":2,"prompt":"She crosses a bridge.",
            "duration":"3"}],"mode":"pro","aspect_ratio":"16:9","duration":"5","sound":"off"}
            """
        },
        {
            "New-KlingVideo 'A chase over rooftops.' -Model kling-v3 -MultiShot -Mode std -AspectRatio 16:9 "
                + "-Duration 12",
            "text2video",
            """
            {"model_name":"kling-v3","prompt":"A chase over rooftops.","multi_shot":true,"shot_type":"intelligence",
            "mode":"std","aspect_ratio":"16:9","duration":"12"}
            """
        },
        {
            $"New-KlingVideo 'Day turns to night.' -Model kling-v2-5-turbo -Image {Png}a.jpg -ImageTail {Png}b.jpg "
                + "-Mode pro -Duration 5",
            "image2video",
            """
            {"model_name":"kling-v2-5-turbo","image":"https://example.com/a.jpg",
            "image_tail":"https://example.com/b.jpg","prompt":"Day turns to night.","mode":"pro","duration":"5"}
            """
        },
        {
            $"New-KlingVideo 'She whispers <<<voice_1>>> softly.' -Model kling-v2-6 -Image {Png}girl.png -Mode pro "
                + "-Duration 5 -Audio -Voice 829824295735410756",
            "image2video",
            """
            {"model_name":"kling-v2-6","image":"https://example.com/girl.png","prompt":
            "She whispers <<<voice_1>>> softly.","voice_list":[{"voice_id":"829824295735410756"}],"mode":"pro",
            "duration":"5","sound":"on"}
            """
        },
        {
            $"New-KlingVideo 'They meet on the pier.' -Model kling-v1-6 -Reference {Png}1.jpg, {Png}2.jpg -Mode std "
                + "-Duration 5 -AspectRatio 16:9",
            "multi-image2video",
            """
            {"model_name":"kling-v1-6","image_list":[{"image":"https://example.com/1.jpg"},
            {"image":"https://example.com/2.jpg"}],"prompt":"They meet on the pier.","mode":"std","duration":"5",
            "aspect_ratio":"16:9"}
            """
        },
        {
            "New-KlingVideo 'A paper boat.' -Model kling-video-o1 -Mode pro -AspectRatio 16:9 -Duration 5",
            "omni-video",
            """
            {"model_name":"kling-video-o1","prompt":"A paper boat.","mode":"pro","aspect_ratio":"16:9","duration":"5"}
            """
        },
        {
            $"New-KlingVideo 'The woman of <<<image_2>>> sits down.' -Image {Png}cafe.jpg -Reference {Png}woman.png "
                + "-Mode std -Duration 7",
            "omni-video",
            """
            {"model_name":"kling-video-o1","prompt":"The woman of <<<image_2>>> sits down.","image_list":[
            {"image_url":"https://example.com/cafe.jpg","type":"first_frame"},
            {"image_url":"https://example.com/woman.png"}],"mode":"std","duration":"7"}
            """
        },
        {
            $"New-KlingVideo 'The bud opens.' -Model kling-video-o1 -Image {Png}bud.jpg -ImageTail {Png}bloom.jpg "
                + "-Mode pro -Duration 5",
            "omni-video",
            """
            {"model_name":"kling-video-o1","prompt":"The bud opens.","image_list":[
            {"image_url":"https://example.com/bud.jpg","type":"first_frame"},
            {"image_url":"https://example.com/bloom.jpg","type":"end_frame"}],"mode":"pro","duration":"5"}
            """
        },
        {
            $"New-KlingVideo 'Based on <<<video_1>>>, the next shot: the sea.' -ReferenceVideo {Png}shot1.mp4 -Model "
                + "kling-v3-omni -Mode pro -AspectRatio 16:9 -Duration 8",
            "omni-video",
            """
            {"model_name":"kling-v3-omni","prompt":"Based on <<<video_1>>>, the next shot: the sea.","video_list":[
            {"video_url":"https://example.com/shot1.mp4","refer_type":"feature","keep_original_sound":"no"}],
            "mode":"pro","aspect_ratio":"16:9","duration":"8","sound":"off"}
            """
        },
        {
            $"New-KlingVideo 'Make the car the colour of <<<image_1>>>.' -Reference {Png}teal.png -EditVideo "
                + $"{Png}street.mp4 -KeepSound -Mode pro",
            "omni-video",
            """
            {"model_name":"kling-video-o1","prompt":"Make the car the colour of <<<image_1>>>.","image_list":[
            {"image_url":"https://example.com/teal.png"}],"video_list":[{"video_url":
            "https://example.com/street.mp4","refer_type":"base","keep_original_sound":"yes"}],"mode":"pro"}
            """
        },
        {
            "New-KlingVideo '<<<element_1>>> greets <<<element_2>>>.' -Model kling-v3-omni -Element 161, 163 -Mode std "
                + "-AspectRatio 9:16 -Duration 6 -Audio",
            "omni-video",
            """
            {"model_name":"kling-v3-omni","prompt":"<<<element_1>>> greets <<<element_2>>>.","element_list":[
            {"element_id":161},{"element_id":163}],"mode":"std","aspect_ratio":"9:16","duration":"6","sound":"on"}
            """
        },
        {
            "[pscustomobject]@{ Model = 'kling-v3-omni'; Mode = 'pro'; AspectRatio = '16:9'; Audio = 'True'; "
                + "ExternalTaskId = 'klingps-0001'; Shot = @{ Prompt = 'A lighthouse.'; Duration = 3 }, "
                + "@{ Prompt = 'The keeper.'; Duration = 4 }, @{ Prompt = 'A ship.'; Duration = 2 } } | New-KlingVideo",
            "omni-video",
            """
            {"model_name":"kling-v3-omni","multi_shot":true,"shot_type":"customize","multi_prompt":[{"index":1,
            "prompt":"A lighthouse.","duration":"3"},{"index":2,"prompt":"The keeper.","duration":"4"},{"index":3,
            "prompt":"A ship.","duration":"2"}],"mode":"pro","aspect_ratio":"16:9","duration":"9","sound":"on",
            "external_task_id":"klingps-0001"}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_line_sends_the_documented_body_and_the_sandbox_takes_it(string line, string route, string body)
    {
        _shell.Run(line).Clean();

        Assert.EndsWith($"v1/videos/{route}", _server.Requests[^1].Path, StringComparison.Ordinal);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse(_server.Requests[^1].Body)),
            _server.Requests[^1].Body);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void A_finished_task_its_video_its_id_and_a_row_of_it_are_followed_by_their_address()
    {
        _shell.Run("$task = New-KlingVideo 'a' -Model kling-v3 | Wait-KlingTask").Clean();
        string url = $"{_shell.Run("$task.Videos[0].Url.AbsoluteUri").Output.Single()}";
        foreach (string source in (string[])["$task", "$task.Videos[0]", "$task.TaskId",
            "([pscustomobject]@{ TaskId = $task.TaskId; Status = 'Succeeded'; Kind = 'TextToVideo' })",
            "([Management.Automation.PSSerializer]::Deserialize("
                + "[Management.Automation.PSSerializer]::Serialize($task)))"])
        {
            _shell.Run($"New-KlingVideo 'Based on <<<video_1>>>: more.' -ReferenceVideo {source}").Clean();
            Assert.Equal(
                url,
                (string?)JsonNode.Parse(_server.Requests[^1].Body)!["video_list"]![0]!["video_url"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_omni_video_is_waited_for_and_saved_in_both_shapes_of_its_answer(bool wraps)
    {
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings => settings.WrapsOmni = wraps);
        using Shell shell = Shell.On(server);
        using TempFolder folder = new();
        shell.Set("out", folder.Path);

        KlingTask task = shell.Run(
            "New-KlingVideo 'a' -Model kling-video-o1 -AspectRatio 1:1 -Name boat | Wait-KlingTask").Clean().Task;
        Result failed = shell.Run(
            "New-KlingVideo '[sandbox:fail]' -Model kling-video-o1 -AspectRatio 1:1 | Wait-KlingTask");
        shell.Set("task", task);
        shell.Run("$task | Save-KlingVideo -Destination $out").Clean();

        Assert.Equal((KlingTaskKind.OmniVideo, "", 1), (task.Kind, task.StatusMessage, task.VideoCount));
        Assert.True(File.Exists(folder.File("boat.mp4")));
        Assert.Equal(["TaskFailed"], failed.ErrorIds);
        Assert.Contains("risk control", failed.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-ReferenceVideo ./clip.mp4")]
    [InlineData("-ReferenceVideo @{ a = 1 }")]
    [InlineData("-EditVideo ftp://example.com/a.mp4")]
    [InlineData("-ReferenceVideo https://example.com/a.mp4 -EditVideo https://example.com/a.mp4")]
    [InlineData("-KeepSound")]
    [InlineData("-Shot 'She opens the door'")]
    [InlineData("-Shot @{ Prompt = 'a' }")]
    [InlineData("-Shot @{ Prompt = 'a'; Duration = 'long' }")]
    [InlineData("-Camera @{ Zoom = 5; Pan = 1 }")]
    [InlineData("-Camera @{ Zoom = 11 }")]
    [InlineData("-Camera sideways")]
    [InlineData("-Element 1.5")]
    [InlineData("-Reference ./none.png")]
    [InlineData("-Reference https://me.test/a.png, $nothing, https://me.test/c.png")]
    [InlineData("-Element 1, ''")]
    [InlineData("-Shot @{ Prompt = 'a'; Duration = 3 }, $nothing")]
    [InlineData("-Shot @{ Prompt = \"a`abell\"; Duration = 3 }")]
    [InlineData("-Shot @{ Prompt = 'a'; Duration = 2147483647 }, @{ Prompt = 'b'; Duration = 1 }")]
    [InlineData("-Camera @{ Zoom = 5; Rol = 3 }")]
    public void What_cannot_be_sent_is_refused_before_anything_is_paid(string argument)
    {
        Result result = _shell.Run($"New-KlingVideo 'words' -Model kling-v3-omni -AspectRatio 16:9 {argument}");
        Assert.True(result.Errors.Count == 1 || result.Thrown is not null);
        Assert.Equal(0, _server.RequestCount);
    }

    [Fact]
    public void Which_of_two_videos_is_followed_has_to_be_said()
    {
        _shell.Run("""
            $two = [pscustomobject]@{ TaskId = '1'; Status = 'Succeeded'; VideoCount = 2; VideoId = '2'; Videos = @(
                [pscustomobject]@{ VideoId = '2'; Url = 'https://me.test/2.mp4' }
                [pscustomobject]@{ VideoId = '3'; Url = 'https://me.test/3.mp4' }) }
            """);
        Assert.Equal(
            ["AmbiguousVideo"], _shell.Run("New-KlingVideo 'a' -ReferenceVideo $two -AspectRatio 1:1").ErrorIds);
        _shell.Run("New-KlingVideo 'a' -ReferenceVideo $two.Videos[1] -AspectRatio 1:1").Clean();

        Assert.Contains("https://me.test/3.mp4", Assert.Single(_server.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_cells_ask_for_nothing()
    {
        _shell.Run(
            "[pscustomobject]@{ Prompt = 'a'; Model = 'kling-v3'; Reference = ''; ReferenceVideo = ''; EditVideo = ''; "
                + "KeepSound = ''; Element = ''; Voice = ''; Shot = ''; MultiShot = ''; Audio = ''; Camera = '' } | "
                + "New-KlingVideo").Clean();

        Assert.Equal("""{"model_name":"kling-v3","prompt":"a"}""", _server.Requests[^1].Body);
    }

    [Fact]
    public void A_preview_and_the_debug_stream_show_no_signature_of_a_video()
    {
        const string Line = "New-KlingVideo 'a' -AspectRatio 1:1 -ReferenceVideo "
            + "'https://example.com/a.mp4?ksSecret=b8x7' ";
        Result preview = _shell.Run(Line + "-WhatIf");
        Result sent = _shell.Run(Line + "-Debug -Verbose 5>&1 4>&1");

        Assert.DoesNotContain("b8x7", preview + string.Join("", sent.Output), StringComparison.Ordinal);
        Assert.Contains("b8x7", _server.Requests[^1].Body, StringComparison.Ordinal);
    }
}
