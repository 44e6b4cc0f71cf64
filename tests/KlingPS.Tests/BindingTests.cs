namespace KlingPS.Tests;

/// <summary>Every way a task, a video or an id reaches a cmdlet, live and back from a file.</summary>
public sealed class BindingTests : ShellTest
{
    // What Select-Object *, @{ n = …; e = … } makes, which this engine has not.
    private const string With =
        "function With($it, $more) { $all = [ordered]@{}; foreach ($p in $it.PSObject.Properties) { $all[$p.Name] = "
            + "$p.Value }; foreach ($name in $more.Keys) { $all[$name] = $more[$name] }; [pscustomobject]$all }";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Run(
            "$task = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask; $video = $task.Videos[0]").Clean();
    }

    [Theory]
    [InlineData("Wait-KlingTask", "InvalidRequest")]
    [InlineData("Wait-KlingTask -TaskId @()", "InvalidRequest")]
    [InlineData("Wait-KlingTask @()", "InvalidRequest")]
    [InlineData("Save-KlingVideo -Destination ./out", "InvalidRequest")]
    [InlineData("Get-KlingTask -Kind TextToVideo", "InvalidRequest")]
    [InlineData("Get-KlingTask @()", "InvalidRequest")]
    [InlineData("New-KlingVideo", "InvalidRequest")]
    [InlineData("New-KlingVideo -ImageTail x.png", "InvalidRequest")]
    [InlineData("New-KlingVideo -Prompt @() -Image x.png", "InvalidRequest")]
    [InlineData("New-KlingExtension", "InvalidRequest")]
    [InlineData("New-KlingExtension -VideoId 5", "InvalidRequest")]
    [InlineData("ConvertFrom-KlingCallback", "InvalidRequest")]
    [InlineData("ConvertFrom-KlingCallback $null", "CallbackInvalid")]
    [InlineData(
        "'{\"task_id\":\"1\",\"task_status\":\"failed\"}' | ConvertFrom-KlingCallback -Headers @{ a = 1 }",
        "InvalidRequest")]
    [InlineData("'{}' | ConvertFrom-KlingCallback -ToleranceSec 5", "InvalidRequest")]
    [InlineData("Connect-Kling -SandboxTaskSec 1", "InvalidRequest")]
    public void Nothing_ever_prompts_and_the_error_says_what_is_missing(string line, string error)
    {
        using Shell shell = Shell.On(_server, host: new CaptureHost());
        int before = _server.RequestCount;
        Result result = shell.Run(line);
        string[] ids = result.Thrown is null ? result.ErrorIds
            : [result.Terminating.FullyQualifiedErrorId.Split(',')[0]];
        Assert.Equal([error], ids);
        Assert.Empty(result.Output);
        Assert.Equal(before, _server.RequestCount);
    }

    [Theory]
    [InlineData("Get-KlingTask")]
    [InlineData("Wait-KlingTask")]
    [InlineData("Save-KlingVideo")]
    [InlineData("New-KlingExtension")]
    [InlineData("New-KlingVideo")]
    [InlineData("ConvertFrom-KlingCallback")]
    public void An_empty_pipeline_is_no_error(string cmdlet) =>
        Assert.Empty(_shell.Run($"@() | {cmdlet}").Clean().Output);

    [Fact]
    public void Get_KlingTask_alone_queries_the_last_ten_and_Since_all_from_then_on()
    {
        _shell.Run("$ids = 1..11 | ForEach-Object { (New-KlingVideo \"Scene $_\").TaskId }").Clean();
        string[] ids = [.. _shell.Run("$ids").Output.Select(id => $"{id}")];
        Assert.Equal(ids.Skip(1), _shell.Run("Get-KlingTask").Clean().Tasks.Select(task => task.TaskId));
        Assert.Equal(
            ids.Prepend($"{_shell.Run("$task.TaskId").Output[0]}"),
            _shell.Run("Get-KlingTask -Since ([datetime]::Now.AddMinutes(-5))").Clean().Tasks
                .Select(task => task.TaskId));
        Assert.Equal(
            ids.Skip(9),
            _shell.Run("Get-KlingTask -Since ([datetime]::UtcNow.AddMinutes(-5)) -Last 2").Clean().Tasks
                .Select(task => task.TaskId));
        Result none = _shell.Run("Get-KlingTask -Since ([datetime]::Now.AddMinutes(5))").Clean();
        Assert.Empty(none.Output);
        Assert.Contains("since", Assert.Single(none.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_known_by_its_id_alone_is_queried_once_and_checked_before_it_is_extended()
    {
        _shell.Run("$file = $task | Save-KlingVideo $out; $id = $task.TaskId").Clean();
        foreach (string line in new[]
        {
            "New-KlingExtension $id -Prompt 'The sun'", "$id | New-KlingExtension -Prompt 'The sun'",
            "[long]$id | New-KlingExtension -Prompt 'The sun'", "$video | New-KlingExtension -Prompt 'The sun'",
            "New-KlingExtension $video -Prompt 'The sun'", "$file | New-KlingExtension -Prompt 'The sun'",
            "[pscustomobject]@{ TaskId = $id; Prompt = 'The sun' } | New-KlingExtension",
            "[pscustomobject]@{ TaskId = $id; VideoId = ''; Prompt = 'The sun' } | New-KlingExtension",
            "[pscustomobject]@{ TaskId = $id; Status = 'todo'; Prompt = 'The sun' } | New-KlingExtension",
            "[pscustomobject]@{ TaskId = $id; Status = $task.Status; Prompt = 'The sun' } | New-KlingExtension",
        })
        {
            int before = _server.RequestCount;
            _shell.Run(line).Clean();
            ReceivedRequest[] sent = [.. _server.Requests.Skip(before)];
            Assert.Equal(["GET", "POST"], sent.Select(request => request.Method));
            Assert.Equal(Body("The sun"), sent[1].Body);
        }

        _shell.Run("$bad = New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -IncludeFailed").Clean();
        Assert.Equal(["ParentNotReady"], _shell.Run("New-KlingExtension $bad.TaskId").ErrorIds);
        Assert.Equal(["TaskNotFound"], _shell.Run("New-KlingExtension 898300000000000000").ErrorIds);
        Assert.Equal(
            ["ParentHasNoVideo"],
            _shell.Run("[pscustomobject]@{ TaskId = $id; VideoId = '1'; Url = $video.Url } | New-KlingExtension")
                .ErrorIds);
    }

    [Theory]
    [InlineData("$id $task.VideoId")]
    [InlineData("-TaskId $id -VideoId $task.VideoId")]
    public void Both_ids_are_sent_as_they_are_and_WhatIf_sends_nothing_at_all(string arguments)
    {
        int before = _server.RequestCount;
        _shell.Run($"$id = $task.TaskId; New-KlingExtension {arguments}").Clean();
        Assert.Equal(before + 1, _server.RequestCount);
        _shell.Run("New-KlingExtension $id -WhatIf; $WhatIfPreference = $true; $video | New-KlingExtension").Clean();
        Assert.Equal(before + 1, _server.RequestCount);
    }

    [Theory]
    [InlineData("New-KlingExtension", "[datetime]::Now", "InvalidRequest")]
    [InlineData("New-KlingExtension", "@{ Id = 1 }", "InvalidRequest")]
    [InlineData("New-KlingExtension", "8.35e17", "InvalidRequest")]
    [InlineData("New-KlingExtension", "[System.IO.FileInfo]::new('x.png')", "InvalidRequest")]
    [InlineData("New-KlingExtension", "'8.35E+17'", "InvalidRequest")]
    [InlineData("Get-KlingTask", "'8,35E+17'", "InvalidRequest")]
    [InlineData("Wait-KlingTask", "'8.35e+17'", "InvalidRequest")]
    [InlineData("Wait-KlingTask", "[datetime]::Now", "ParameterArgumentTransformationError")]
    [InlineData("Get-KlingTask", "[System.IO.FileInfo]::new('x.png')", "ParameterArgumentTransformationError")]
    public void What_is_no_task_and_no_id_is_refused_before_anything_is_sent(string cmdlet, string input, string error)
    {
        int before = _server.RequestCount;
        Result result = _shell.Run($"{input} | {cmdlet}");
        Assert.Equal([error], result.ErrorIds);
        Assert.DoesNotContain("kind", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, _server.RequestCount);
    }

    [Fact]
    public void The_words_of_the_service_name_a_task_and_its_kind()
    {
        _shell.Run("$id = $task.TaskId").Clean();
        Assert.Equal(
            ["1", "1"],
            _shell.Run(
                "@{ task_id = $id; task_status = 'succeed' } | Get-KlingTask -Kind text2video | ForEach-Object Kind;"
                    + "Get-KlingTask $id -Kind TEXT2VIDEO | ForEach-Object Kind").Clean().Output
                .Select(kind => $"{(int)(KlingTaskKind)kind.BaseObject}"));
    }

    [Theory]
    [InlineData("Get-KlingTask $task.VideoId")]
    [InlineData("Save-KlingVideo $task.VideoId")]
    [InlineData("New-KlingExtension $task.VideoId")]
    public void The_id_of_a_video_in_place_of_its_tasks_is_recognised(string line)
    {
        Result result = _shell.Run(line);
        Assert.Equal(["TaskNotFound"], result.ErrorIds);
        Assert.Contains($"{_shell.Run("$task.TaskId").Output[0]}", result.Errors[0].ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_taken_external_id_is_named_with_the_command_that_queries_its_task()
    {
        Result result = _shell.Run("1..2 | ForEach-Object { New-KlingVideo 'A' -ExternalTaskId \"it's\" }");
        Assert.Equal(["ExternalIdTaken"], result.ErrorIds);
        Assert.Contains("Get-KlingTask 'it''s' -Kind TextToVideo", result.Errors[0].ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$pictures | New-KlingVideo -Prompt 'slow zoom' -Model kling-v1-6")]
    [InlineData("$pictures | New-KlingVideo -Image { $_.FullName } -Prompt 'slow zoom' -Model kling-v1-6")]
    [InlineData("$pictures | New-KlingVideo -Prompt { 'slow zoom' } -Model kling-v1-6")]
    [InlineData("$pictures.FullName | New-KlingVideo -Image { $_ } -Prompt 'slow zoom' -Model kling-v1-6")]
    [InlineData("$pictures | ForEach-Object { New-KlingVideo 'slow zoom' -Image $_ -Model kling-v1-6 }")]
    public void Each_picture_of_a_folder_becomes_a_video(string line)
    {
        using TempFolder folder = new();
        Pictures(folder, "a.png", "b[1].png");
        _shell.Run(line).Clean();
        string[] bodies = [.. _server.Requests.TakeLast(2).Select(request => request.Body)];
        Assert.All(bodies, body => Assert.StartsWith(
            "{\"model_name\":\"kling-v1-6\",\"prompt\":\"slow zoom\",\"image\":\"", body, StringComparison.Ordinal));
        Assert.All(bodies, body => Assert.DoesNotContain("\"mode\"", body, StringComparison.Ordinal));
    }

    [Fact]
    public void A_piped_picture_is_not_remembered_for_the_next_record_and_a_mode_is_taken_from_the_command_line_only()
    {
        using TempFolder folder = new();
        Pictures(folder, "a.png");
        _shell.Run(
            "$pictures[0], [pscustomobject]@{ Prompt = 'b' }, 'c', [pscustomobject]@{ Prompt = 'd'; Mode = 'pro' } | "
                + "New-KlingVideo -Model kling-v1-6").Clean();
        string[] bodies = [.. _server.Requests.TakeLast(4).Select(request => request.Body)];
        Assert.Contains("\"image\"", bodies[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                """{"model_name":"kling-v1-6","prompt":"b"}""", """{"model_name":"kling-v1-6","prompt":"c"}""",
                """{"model_name":"kling-v1-6","prompt":"d","mode":"pro"}""",
            ],
            bodies.Skip(1));
        Assert.Equal("a", _shell.Run("$pictures | New-KlingVideo -Model kling-v1-6").Clean().Task.Name);
        _shell.Run("$pictures | New-KlingVideo -Mode pro -Model kling-v1-6").Clean();
        Assert.Contains("\"mode\":\"pro\"", _server.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$folder | New-KlingVideo -Prompt zoom -Model kling-v9", "folder")]
    [InlineData("$folder | New-KlingVideo -Prompt zoom -Mode pro", "folder")]
    [InlineData("$task | New-KlingVideo -Prompt zoom", "New-KlingExtension")]
    [InlineData("$video | New-KlingVideo -Prompt zoom", "New-KlingExtension")]
    [InlineData("$old | New-KlingVideo -Prompt zoom", "New-KlingExtension")]
    [InlineData("$task | New-KlingVideo", "New-KlingExtension")]
    [InlineData("'a.png' | New-KlingVideo -Prompt zoom", "piped string")]
    [InlineData("5 | New-KlingVideo -Prompt zoom", "piped string")]
    [InlineData("$pictures | New-KlingVideo -Prompt zoom -Image https://me.test/a.png", "-Image is given")]
    [InlineData("[pscustomobject]@{ Prompt = 'a'; Mode = 'd----' } | New-KlingVideo -Model kling-v9", "-Mode")]
    public void What_is_piped_and_cannot_be_meant_is_refused_before_anything_is_paid(string line, string says)
    {
        using TempFolder folder = new();
        Pictures(folder, "a.png");
        _shell.Set("folder", new DirectoryInfo(folder.Path));
        _shell.Set("old", Form("clixml", (KlingTask)Unwrap("task")));
        int before = _server.RequestCount;
        Result result = _shell.Run(line);
        Assert.Equal(["InvalidRequest"], result.ErrorIds);
        Assert.Contains(says, result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, _server.RequestCount);
    }

    [Theory]
    [InlineData("New-KlingVideo 'a', 'b'")]
    [InlineData("New-KlingVideo -Prompt @('a', 'b')")]
    [InlineData("'a', 'b' | New-KlingVideo")]
    public void A_list_of_prompts_makes_a_video_of_each(string line)
    {
        Assert.Equal(2, _shell.Run(line).Clean().Tasks.Count());
        Assert.Equal(
            ["""{"prompt":"a"}""", """{"prompt":"b"}"""], _server.Requests.TakeLast(2).Select(request => request.Body));
    }

    [Fact]
    public void One_name_is_not_given_to_two_prompts()
    {
        Result result = _shell.Run("New-KlingVideo 'a', 'b' -Name harbour");
        Assert.Equal(["InvalidRequest"], result.ErrorIds);
        Assert.Equal("harbour", result.Task.Name);
    }

    [Fact]
    public void A_bad_prompt_of_a_list_does_not_stop_the_others()
    {
        Result result = _shell.Run("New-KlingVideo 'a', '', ([string]::new('x', 2501)), 'd'");
        Assert.Equal(["InvalidRequest", "PromptTooLong"], result.ErrorIds);
        Assert.Equal(2, result.Tasks.Count());
    }

    [Theory]
    [InlineData("live")]
    [InlineData("clixml")]
    [InlineData("json")]
    [InlineData("csv")]
    public void A_video_in_any_form_is_saved_without_asking_for_its_task(string form)
    {
        _shell.Set("it", Form(form, (KlingVideo)Unwrap("video")));
        foreach (string line in new[]
        {
            "$it | Save-KlingVideo -Destination $out -Force", "$it | Save-KlingVideo $out -Force",
            "Save-KlingVideo $it $out -Force", "Save-KlingVideo -Video $it -Destination $out -Force",
        })
        {
            int before = _server.Requests.Count;
            Assert.Single(_shell.Run(line).Clean().Output);
            Assert.All(
                _server.Requests.Skip(before),
                request => Assert.StartsWith("/videos/", request.Path, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Bare_ids_are_taken_from_the_pipeline_and_by_position()
    {
        _shell.Run("$id = $task.TaskId; $other = (New-KlingVideo 'B' -Model kling-v1-6).TaskId").Clean();
        foreach (string line in new[]
        {
            "$id, $other | Get-KlingTask", "Get-KlingTask $id, $other", "$id, $other | Wait-KlingTask",
            "Wait-KlingTask $id, $other",
            "Wait-KlingTask $task, $other", "[long]$id, $other | Get-KlingTask",
        })
        {
            Assert.Equal(2, _shell.Run(line).Clean().Tasks.Count());
        }

        Assert.Equal(2, _shell.Run("$id, $other | Save-KlingVideo -Destination $out").Clean().Output.Count);
        Assert.Equal(
            "TaskId",
            Assert.Single(
                _shell.Run(
                    "New-KlingExtension $id $task.VideoId | ForEach-Object { 'TaskId' }").Clean().Output).BaseObject);
    }

    [Fact]
    public void A_row_of_ids_with_a_prompt_a_row_submits_each_with_its_own()
    {
        _shell.Run("""
            $rows = foreach ($prompt in 'First', 'Second', '') {
              $cfg = if ($prompt) { '0.5' } else { '' }
              [pscustomobject]@{
                TaskId = $task.TaskId; VideoId = $task.VideoId; Prompt = $prompt; CfgScale = $cfg; CallbackUrl = '' }
            }
            """).Clean();
        Assert.Equal(3, _shell.Run("$rows | New-KlingExtension").Clean().Tasks.Count());
        string[] bodies = [.. _server.Requests.TakeLast(3).Select(request => request.Body)];
        Assert.Contains("\"prompt\":\"First\"", bodies[0], StringComparison.Ordinal);
        Assert.Contains("\"prompt\":\"Second\",\"cfg_scale\":0.5", bodies[1], StringComparison.Ordinal);
        Assert.DoesNotContain("prompt", bodies[2], StringComparison.Ordinal);
        Assert.DoesNotContain("cfg_scale", bodies[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_a_task_with_a_prompt_is_extended_by_it_and_the_command_line_wins()
    {
        PSObject row = (PSObject)Form("csv", (KlingTask)Unwrap("task"));
        row.Properties.Add(new PSNoteProperty("Prompt", "The sun"));
        row.Properties.Add(new PSNoteProperty("CfgScale", "0.5"));
        _shell.Set("it", row);
        string[] lines = ["$it | New-KlingExtension", "New-KlingExtension $it", "New-KlingExtension -InputObject $it"];
        foreach (string line in lines)
        {
            _shell.Run(line).Clean();
            Assert.Equal(Body("The sun", "0.5"), _server.Requests[^1].Body);
        }

        _shell.Run("$it | New-KlingExtension -Prompt 'The moon'").Clean();
        Assert.Equal(Body("The moon", "0.5"), _server.Requests[^1].Body);
        _shell.Run("$it | New-KlingExtension -Prompt ''").Clean();
        Assert.Equal(Body(null, "0.5"), _server.Requests[^1].Body);
        _shell.Run("$it.Prompt = ''; $it.CfgScale = ''; $it | New-KlingExtension").Clean();
        Assert.Equal(Body(null), _server.Requests[^1].Body);
    }

    [Theory]
    [InlineData("Prompt = @{ a = 1 }")]
    [InlineData("CfgScale = 'much'")]
    [InlineData("CfgScale = '2'")]
    [InlineData("CallbackUrl = 'here'")]
    [InlineData("Prompt = [string]::new('x', 2501)")]
    public void A_cell_of_a_tasks_row_that_cannot_be_used_is_an_error_and_nothing_is_paid(string cell)
    {
        _shell.Set("row", Form("csv", (KlingTask)Unwrap("task")));
        string[] ids = RunUnsent($"{With}; With $row @{{ {cell} }} | New-KlingExtension").ErrorIds;
        Assert.Contains(Assert.Single(ids), new[] { "InvalidRequest", "PromptTooLong" });
    }

    [Fact]
    public void A_queried_task_with_a_prompt_added_is_extended_by_it()
    {
        _shell.Run(With + "; With (Get-KlingTask $task.TaskId) @{ Prompt = 'The sun' } | New-KlingExtension").Clean();
        Assert.Equal(Body("The sun"), _server.Requests[^1].Body);
        _shell.Run(
            "$it = Get-KlingTask $task.TaskId; $it.PSObject.Properties.Add([psnoteproperty]::new('Prompt', 'The "
                + "moon')); $it | New-KlingExtension").Clean();
        Assert.Equal(Body("The moon"), _server.Requests[^1].Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("All")]
    public void Each_of_a_mixed_pipeline_of_ids_and_tasks_gets_what_its_own_row_says(string prompt)
    {
        _shell.Run(With + """

            $ids = @{ TaskId = $task.TaskId; VideoId = $task.VideoId }
            $row = With $task @{ }
            $rows = @(
              [pscustomobject]($ids + @{
                Prompt = 'One'; NegativePrompt = 'rain'; CfgScale = 0.1; CallbackUrl = 'https://me.test/1' })
              With $row @{ Prompt = 'Two'; CfgScale = '0.2' }
              $row
              [pscustomobject]$ids
              With $row @{ Prompt = ''; NegativePrompt = 'snow' }
              $task
              [pscustomobject]($ids + @{ Prompt = 'Seven' })
              $task
              With $row @{ CallbackUrl = 'https://me.test/9' }
              [pscustomobject]($ids + @{ Prompt = ''; NegativePrompt = ''; CfgScale = ''; CallbackUrl = '' })
            )
            """).Clean();
        Assert.Equal(
            10,
            _shell.Run($"$rows | New-KlingExtension {(prompt.Length > 0 ? $"-Prompt '{prompt}'" : "")}")
                .Clean().Tasks.Count());
        string? Own(string? own) => prompt.Length > 0 ? prompt : own;
        Assert.Equal(
            [
                Body(Own("One"), "0.1", "rain", "https://me.test/1"),
                Body(Own("Two"), "0.2"),
                Body(Own(null)),
                Body(Own(null)),
                Body(Own(null), null, "snow"),
                Body(Own(null)),
                Body(Own("Seven")),
                Body(Own(null)),
                Body(Own(null), null, null, "https://me.test/9"),
                Body(Own(null)),
            ],
            _server.Requests.TakeLast(10).Select(request => request.Body));
    }

    [Fact]
    public void Nothing_of_one_row_of_a_video_goes_into_the_next()
    {
        _shell.Run("""
            [pscustomobject]@{ Prompt = 'a'; NegativePrompt = 'n'; Model = 'kling-v1'; Mode = 'pro'; Duration = 10
              AspectRatio = '9:16'; CfgScale = 0.1; CallbackUrl = 'https://me.test/1'
              ExternalTaskId = 'mine'; Watermark = $true },
            [pscustomobject]@{ Prompt = 'b' },
            [pscustomobject]@{ Prompt = 'c'; Image = 'https://me.test/a.png'; ImageTail = 'https://me.test/b.png' },
            'd', [pscustomobject]@{ Image = 'https://me.test/e.png' },
            [pscustomobject]@{ Prompt = 'f' } | New-KlingVideo
            """).Clean();
        Assert.Equal(
            [
                """{"prompt":"b"}""",
                """{"prompt":"c","image":"https://me.test/a.png","image_tail":"https://me.test/b.png"}""",
                """{"prompt":"d"}""",
                """{"image":"https://me.test/e.png"}""",
                """{"prompt":"f"}""",
            ],
            _server.Requests.TakeLast(5).Select(request => request.Body));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    [InlineData("en-US")]
    public void Dates_of_any_calendar_are_read_right_in_their_own_culture_and_never_wrong_in_another(string writer)
    {
        DateTime date = DateTime.Now.AddDays(-1);
        date = date.AddTicks(-(date.Ticks % TimeSpan.TicksPerMinute));
        CultureInfo culture = new(writer);
        string[] texts =
        [
            .. new[] { "o", "s", "yyyy-MM-dd HH:mm", "d/M/yy HH:mm", "yyyy/MM/dd", "g", "G", "D" }.Select(
                form => date.ToString(form, culture)),
        ];
        List<string> wrong = [];
        foreach (string reader in new[] { writer, "th-TH", "fa-IR", "ar-SA", "en-GB", "ja-JP", "" })
        {
            foreach (string text in texts)
            {
                PSObject row = (PSObject)Form("json", (KlingTask)Unwrap("task"));
                row.Properties["ExpiresAt"].Value = text;
                row.Properties["Videos"].Value = null;
                _shell.Set("it", row);
                DateTime? read = _shell.Run(
                    $"[cultureinfo]::CurrentCulture = '{reader}'; $it | Wait-KlingTask").Clean().Task.ExpiresAt;
                bool isRight = read == date || (read == date.Date && !text.Contains(':', StringComparison.Ordinal));
                bool isRoundTrip = text.Length > 16 && text[10] == 'T';
                // Day and month of two cultures of one calendar cannot be told apart.
                bool isSwapped =
                    read is { } other && other.Month == date.Day && other.Day == date.Month && other.Year == date.Year;
                if (!(isRight || (read is null && !isRoundTrip) || isSwapped))
                {
                    wrong.Add(
                        $"'{text}' under '{reader}' was read as "
                            + $"{read?.ToString("s", CultureInfo.InvariantCulture) ?? "nothing"}");
                }
            }
        }

        _shell.Run("[cultureinfo]::CurrentCulture = ''");
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("2026-03-01 08:00", "2026-03-01T08:00:00")]
    [InlineData("2026-03-01", "2026-03-01T00:00:00")]
    [InlineData("1/3/2569 08:00", "2026-03-01T08:00:00")]
    [InlineData("2019-12-31T23:59:59", null)]
    [InlineData("2101-01-01T00:00:00", null)]
    [InlineData("0001-01-01T00:00:00", null)]
    [InlineData("9999-12-31T23:59:59.9999999", null)]
    [InlineData("2020-01-01T00:00:00", "2020-01-01T00:00:00")]
    [InlineData("soon", null)]
    public void A_date_is_one_of_this_century_or_none(string text, string? date)
    {
        PSObject row = (PSObject)Form("json", (KlingTask)Unwrap("task"));
        row.Properties["ExpiresAt"].Value = text;
        _shell.Set("it", row);
        DateTime? read = _shell.Run(
            "[cultureinfo]::CurrentCulture = 'th-TH'; $it | Wait-KlingTask; [cultureinfo]::CurrentCulture = ''")
            .Clean().Task.ExpiresAt;
        Assert.Equal(date, read?.ToString("s", CultureInfo.InvariantCulture));
        row.Properties["ExpiresAt"].Value =
            date is null ? new DateTime(2500, 1, 1) : DateTime.Parse(date, CultureInfo.InvariantCulture);
        read = _shell.Run("$it | Wait-KlingTask").Clean().Task.ExpiresAt;
        Assert.Equal(date, read?.ToString("s", CultureInfo.InvariantCulture));
    }

    private string Body(string? prompt, string? cfgScale = null, string? negative = null, string? callback = null)
    {
        KlingTask task = (KlingTask)Unwrap("task");
        string?[] fields =
        [
            $"\"task_id\":\"{task.TaskId}\"",
            $"\"video_id\":\"{task.VideoId}\"",
            prompt is null ? null : $"\"prompt\":\"{prompt}\"",
            negative is null ? null : $"\"negative_prompt\":\"{negative}\"",
            cfgScale is null ? null : $"\"cfg_scale\":{cfgScale}",
            callback is null ? null : $"\"callback_url\":\"{callback}\"",
        ];
        return $"{{{string.Join(",", fields.OfType<string>())}}}";
    }

    private void Pictures(TempFolder folder, params string[] names)
    {
        byte[] png =
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0x40, 0, 0, 1,
            0x40, 8, 2, 0, 0, 0,
        ];
        foreach (string name in names)
        {
            File.WriteAllBytes(folder.File(name), png);
        }

        _shell.Set("pictures", names.Select(name => new FileInfo(folder.File(name))).ToArray());
    }

    private static object Form(string form, object value) => form switch
    {
        "live" => value,
        "clixml" => PSSerializer.Deserialize(PSSerializer.Serialize(value, 2)),
        "json" => Shapes.FromJson(value, nested: true),
        _ => Shapes.FromCsv(value),
    };

    private object Unwrap(string name) => _shell.Get(name) is PSObject wrapped ? wrapped.BaseObject : _shell.Get(name)!;
}
