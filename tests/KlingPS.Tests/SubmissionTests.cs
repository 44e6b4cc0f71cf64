namespace KlingPS.Tests;

public sealed class SubmissionTests() : ShellTest("-MaxRetryCount 1")
{
    private readonly CaptureHost _no = new(answer: 2);

    private protected override CaptureHost Host => _no;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Run("$task = New-KlingVideo 'A' | Wait-KlingTask").Clean();
    }

    [Fact]
    public void WhatIf_prints_method_address_and_body_a_field_a_line_and_sends_nothing()
    {
        RunUnsent("$task | New-KlingExtension -Prompt 'The sun' -WhatIf; New-KlingVideo 'Harbour' -Duration 5 -WhatIf")
            .Clean();
        string[] shown = _no.Screen.Text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        KlingTask task = (KlingTask)((PSObject)_shell.Get("task")!).BaseObject;
        Assert.Equal(
            [
                $"What if: POST {_server.BaseUri}v1/videos/video-extend",
                "{",
                $"  \"task_id\": \"{task.TaskId}\",",
                $"  \"video_id\": \"{task.VideoId}\",",
                "  \"prompt\": \"The sun\"",
                "}",
                "What if: 1 paid task would be submitted.",
                $"What if: POST {_server.BaseUri}v1/videos/text2video",
                "{",
                "  \"prompt\": \"Harbour\",",
                "  \"duration\": \"5\"",
                "}",
                "What if: 1 paid task would be submitted.",
            ],
            shown);
    }

    [Fact]
    public void WhatIf_shows_the_start_of_a_long_prompt_and_how_long_it_is()
    {
        _shell.Run(
            "New-KlingVideo ('x' * 2000) -NegativePrompt ('y' * 301) -WhatIf; New-KlingVideo ('z' * 300) -WhatIf")
            .Clean();
        Assert.Contains($"\"{new string('x', 200)}… (2000 characters)\"", _no.Screen.Text, StringComparison.Ordinal);
        Assert.Contains($"\"{new string('y', 200)}… (301 characters)\"", _no.Screen.Text, StringComparison.Ordinal);
        Assert.Contains($"\"{new string('z', 300)}\"", _no.Screen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-KlingVideo")]
    [InlineData("New-KlingVideo -Model kling-v1-6")]
    [InlineData("[pscustomobject]@{ Duration = 5 } | New-KlingVideo")]
    public void A_video_of_nothing_says_what_is_missing_and_sends_nothing(string line)
    {
        ErrorRecord error = Assert.Single(RunUnsent(line).Errors);
        Assert.StartsWith("InvalidRequest,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith(
            "Nothing was sent, because there is neither a -Prompt nor an "
                + "-Image", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-KlingVideo 'Boats leave' -Image 'https://example.com/a.png'")]
    [InlineData("New-KlingVideo -Image 'https://example.com/a.png' 'Boats leave'")]
    public void The_prompt_is_the_first_argument_also_beside_an_image(string line)
    {
        _shell.Run(line).Clean();
        Assert.Equal("""{"prompt":"Boats leave","image":"https://example.com/a.png"}""", _server.Requests[^1].Body);
    }

    [Fact]
    public void A_parent_that_failed_is_not_to_be_waited_for()
    {
        _shell.Run(
            "$failed = New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -IncludeFailed; $open = New-KlingVideo 'x "
                + "[sandbox:slow 3600]'").Clean();
        Assert.DoesNotContain(
            "Wait", Assert.Single(_shell.Run("$failed | New-KlingExtension").Errors).ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
        Assert.Contains(
            "Wait-KlingTask",
            Assert.Single(_shell.Run("$open | New-KlingExtension").Errors).ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Confirm_asks_before_anything_is_sent_and_no_means_no()
    {
        int before = _server.RequestCount;
        _shell.Run("$task | New-KlingExtension -Confirm").Clean();
        Assert.Contains("paid", Assert.Single(_no.Screen.Questions), StringComparison.Ordinal);
        Assert.Equal(before, _server.RequestCount);
    }

    [Fact]
    public void A_full_account_is_waited_for_and_the_task_created_once()
    {
        _server.Inject(
            Fault.Respond(429, """{"code":1303,"message":"parallel task over resource pack limit","request_id":"r"}""")
                .On("POST"));
        int before = _server.CreatedCount;
        Result result = _shell.Run("$task | New-KlingExtension -Verbose").Clean();
        Assert.Single(result.Tasks);
        Assert.Equal(before + 1, _server.CreatedCount);
        Assert.Contains(result.Verbose, line => line.Contains("slot", StringComparison.Ordinal));
    }

    [Fact]
    public void An_error_carries_what_the_service_said_and_what_to_do()
    {
        _server.Inject(
            Fault.Respond(
                400, """{"code":1201,"message":"this video cannot be extended","request_id":"abc-1"}""").On("POST"));
        ErrorRecord error = Assert.Single(_shell.Run("$task | New-KlingExtension").Errors);
        KlingException exception = Assert.IsType<KlingException>(error.Exception);
        Assert.Equal("ParentNotExtendable", exception.ErrorId);
        Assert.Equal(
            (400, "1201", "abc-1", SubmissionOutcome.NotCreated),
            (exception.HttpStatus, exception.ServiceCode, exception.RequestId, exception.Submission));
        Assert.All(
            ["1201", "this video cannot be extended", "abc-1"],
            part => Assert.Contains(part, error.ErrorDetails.Message, StringComparison.Ordinal));
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.IsType<KlingTask>(error.TargetObject);
    }

    [Fact]
    public void Prompts_warn_beyond_what_the_gateway_documents_and_are_refused_beyond_the_limit()
    {
        Assert.Single(_shell.Run("$task | New-KlingExtension -Prompt ('x' * 501)").Clean().Warnings);
        Assert.Empty(_shell.Run("$task | New-KlingExtension -Prompt ('x' * 500)").Clean().Warnings);
        Assert.Equal(["PromptTooLong"], RunUnsent("$task | New-KlingExtension -Prompt ('x' * 2501)").ErrorIds);
        Assert.Equal(["PromptTooLong"], RunUnsent("$task | New-KlingExtension -NegativePrompt ('x' * 2501)").ErrorIds);
    }

    [Theory]
    [InlineData("$task | New-KlingExtension -CfgScale 1.5", "InvalidRequest")]
    [InlineData("$task | New-KlingExtension -CfgScale NaN", "InvalidRequest")]
    [InlineData("$task | New-KlingExtension -CallbackUrl 'ftp://x/y'", "InvalidRequest")]
    [InlineData("$task | New-KlingExtension -CallbackUrl 'relative'", "InvalidRequest")]
    [InlineData("New-KlingExtension '..' 'x'", "InvalidRequest")]
    [InlineData("New-KlingExtension ' ' 'x'", "InvalidRequest")]
    [InlineData("$task | New-KlingExtension -VideoId 'of-another-task'", "ParentHasNoVideo")]
    [InlineData("New-KlingVideo ''", "InvalidRequest")]
    [InlineData("New-KlingVideo 'x' -Model kling-v1-6 -Duration 7", "InvalidRequest")]
    [InlineData("New-KlingVideo 'x' -Model kling-v2-1", "InvalidRequest")]
    [InlineData("New-KlingVideo -Image '/nowhere/x.png'", "ImageNotFound")]
    public void Bad_input_is_refused_before_anything_is_sent(string line, string id)
    {
        int before = _server.RequestCount;
        Assert.Equal([id], _shell.Run(line).ErrorIds);
        Assert.Equal(before, _server.RequestCount);
    }

    [Fact]
    public void A_local_image_is_sent_as_raw_base64_and_a_relative_path_means_the_current_location()
    {
        using TempFolder folder = new();
        byte[] png =
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0x40, 0, 0, 1,
            0x40, 8, 2, 0, 0, 0,
        ];
        File.WriteAllBytes(folder.File("frame.png"), png);
        _shell.Set("folder", folder.Path);
        KlingTask task = _shell.Run(
            "$ExecutionContext.SessionState.Path.SetLocation($folder) | Out-Null; New-KlingVideo -Image frame.png "
                + "-Model kling-v1-6 -Prompt 'x'").Clean().Task;
        Assert.Equal(KlingTaskKind.ImageToVideo, task.Kind);
        Assert.Contains(
            $"\"image\":\"{Convert.ToBase64String(png)}\"", _server.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Contains("\"model_name\":\"kling-v1-6\"", _server.Requests[^1].Body, StringComparison.Ordinal);
    }
}
