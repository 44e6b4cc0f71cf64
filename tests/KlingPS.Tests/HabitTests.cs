namespace KlingPS.Tests;

/// <summary>What people do at a prompt and in scripts, beside the straight line.</summary>
public sealed class HabitTests : ShellTest
{
    private string LastBody => _server.Requests[^1].Body;

    [Theory]
    [InlineData("[pscustomobject]@{ Promt = 'a typing mistake'; Duration = '5' } | New-KlingVideo")]
    [InlineData("@{ Other = 1 } | New-KlingVideo")]
    public void The_text_of_an_object_is_no_prompt(string line)
    {
        Assert.Single(_shell.Run(line).Errors);
        Assert.Equal(0, _server.CreatedCount);
    }

    [Fact]
    public void A_row_with_an_image_only_has_no_prompt()
    {
        _shell.Run("[pscustomobject]@{ Image = 'https://example.com/a.png' } | New-KlingVideo").Clean();
        Assert.Equal("""{"image":"https://example.com/a.png"}""", LastBody);
    }

    [Theory]
    [InlineData(
        "[pscustomobject]@{ Image = 'https://example.com/a.png'; Prompt = 'words' }",
        """{"prompt":"words","image":"https://example.com/a.png"}""")]
    [InlineData(
        "[pscustomobject]@{ Prompt = 'words'; Image = 'https://example.com/a.png' }",
        """{"prompt":"words","image":"https://example.com/a.png"}""")]
    [InlineData(
        "[pscustomobject]@{ Image = 'https://example.com/a.png'; Prompt = '' }",
        """{"image":"https://example.com/a.png"}""")]
    [InlineData("[pscustomobject]@{ Image = ''; Prompt = 'words' }", """{"prompt":"words"}""")]
    public void A_row_with_an_image_and_a_prompt_sends_what_it_holds(string row, string body)
    {
        _shell.Run($"{row} | New-KlingVideo").Clean();
        Assert.Equal(body, LastBody);
    }

    [Theory]
    [InlineData("@{ Prompt = 'words'; ImageTail = 'https://example.com/b.png' }")]
    [InlineData("@{ Prompt = 'words'; Image = ''; ImageTail = 'https://example.com/b.png' }")]
    [InlineData("@{ Image = ''; Prompt = '' }")]
    public void A_row_with_half_of_what_it_needs_is_refused(string row)
    {
        Assert.Single(_shell.Run($"[pscustomobject]{row} | New-KlingVideo").Errors);
        Assert.Equal(0, _server.RequestCount);
    }

    [Fact]
    public void An_empty_image_given_by_name_is_no_video_from_text()
    {
        Assert.Equal(["InvalidRequest"], _shell.Run("New-KlingVideo -Image '' -Prompt 'words'").ErrorIds);
        Assert.Equal(0, _server.RequestCount);
    }

    [Theory]
    [InlineData("CfgScale = @{}")]
    [InlineData("CfgScale = 'much'")]
    [InlineData("Duration = [object]::new()")]
    [InlineData("Duration = 1e10")]
    [InlineData("CallbackUrl = 5")]
    [InlineData("Watermark = 'perhaps'")]
    [InlineData("Watermark = @{}")]
    [InlineData("ExternalTaskId = @{}")]
    [InlineData("Model = @{}")]
    public void A_cell_that_cannot_be_read_is_never_left_out_of_a_paid_request(string cell)
    {
        Assert.Single(_shell.Run($"[pscustomobject]@{{ Prompt = 'words'; {cell} }} | New-KlingVideo").Errors);
        Assert.Equal(0, _server.RequestCount);
    }

    [Fact]
    public void Cells_are_read_as_what_they_mean()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        _shell.Run(
            "[cultureinfo]::CurrentCulture = 'de-DE'; [pscustomobject]@{ Prompt = 'a'; Model = 'kling-v1'; CfgScale = "
                + "'0,1'; Duration = '5'; Watermark = 'True' } | New-KlingVideo").Clean();
        Assert.Equal(
            """{"model_name":"kling-v1","prompt":"a","duration":"5","cfg_scale":0.1,"watermark_info":{"enabled":"""
                + """true}}""",
            LastBody);
        _shell.Run(
            "[cultureinfo]::CurrentCulture = ''; [pscustomobject]@{ Prompt = 'a'; CfgScale = ''; Duration = ''; "
                + "Watermark = '' } | New-KlingVideo").Clean();
        Assert.Equal("""{"prompt":"a"}""", LastBody);
        int requests = _server.RequestCount;
        Assert.Single(_shell.Run("[pscustomobject]@{ Prompt = 'a'; CfgScale = '0,5' } | New-KlingVideo").Errors);
        Assert.Single(_shell.Run("[pscustomobject]@{ Prompt = 'a'; Duration = '5.5' } | New-KlingVideo").Errors);
        Assert.Equal(requests, _server.RequestCount);
        CultureInfo.CurrentCulture = before;
    }

    [Fact]
    public void A_model_and_a_mode_are_known_in_any_case_and_sent_as_the_service_spells_them()
    {
        _shell.Run("New-KlingVideo 'a' -Model Kling-V1-6 -Mode PRO").Clean();
        Assert.Equal("""{"model_name":"kling-v1-6","prompt":"a","mode":"pro"}""", LastBody);
        _shell.Run("New-KlingVideo 'a' -Model Kling-V3 -Mode 4K").Clean();
        Assert.Equal("""{"model_name":"kling-v3","prompt":"a","mode":"4k"}""", LastBody);
    }

    [Fact]
    public void A_task_of_another_session_is_queried_by_its_own_kind_also_by_position()
    {
        _shell.Run("$task = New-KlingVideo 'x'").Clean();
        using Shell other = Shell.On(_server);
        other.Set("task", _shell.Get("task"));
        Assert.Equal(KlingTaskKind.TextToVideo, other.Run("Get-KlingTask $task").Clean().Task.Kind);
    }

    [Fact]
    public void A_variable_of_one_task_is_that_task()
    {
        _shell.Run("New-KlingVideo 'x' -Model kling-v1-6 | Wait-KlingTask -OutVariable kept").Clean();
        Assert.Equal(KlingTaskKind.VideoExtension, _shell.Run("New-KlingExtension $kept").Clean().Task.Kind);
    }

    [Fact]
    public void A_task_that_says_nothing_of_its_videos_is_asked_for_them()
    {
        _shell.Run("$t = New-KlingVideo 'x' | Wait-KlingTask").Clean();
        Assert.Single(_shell.Run(
            "[pscustomobject]@{ TaskId = $t.TaskId; Status = 'Succeeded'; Kind = 'TextToVideo' } | Save-KlingVideo "
                + "-Destination $out").Clean().Output);
    }

    [Fact]
    public void An_error_that_ends_the_command_comes_after_what_was_paid_is_written()
    {
        Result result = _shell.Run(
            "$out = [Collections.ArrayList]::new(); $(foreach ($i in 1..30) { \"Harbour $i\" }; '') | New-KlingVideo "
                + "-ThrottleLimit 16 -ErrorAction Stop | ForEach-Object { $null = $out.Add($_) }");
        Assert.StartsWith("InvalidRequest,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.InRange(_server.CreatedCount, 15, 30);
        Assert.Equal(_server.CreatedCount, _shell.Run("$out").Output.Count);
    }

    [Fact]
    public void The_first_of_any_leaves_when_the_next_object_arrives()
    {
        Result result = _shell.Run(
            "$made = 0; foreach ($once in 1) { & { foreach ($i in 1..5000) { $script:made++; New-KlingVideo \"$i\" } } "
                + "| Wait-KlingTask -Any | ForEach-Object { break } }; $made");
        Assert.InRange((int)result.Output.Single().BaseObject, 1, 4999);
    }

    [Fact]
    public void A_break_downstream_that_a_loop_upstream_takes_for_its_own_ends_the_wait_for_the_others()
    {
        Result result = _shell.Run(
            "foreach ($once in 1) { & { New-KlingVideo 'the only one to end'; "
                + "foreach ($i in 1..100000) { New-KlingVideo \"$i [sandbox:slow 3600]\" } } "
                + "| Wait-KlingTask | ForEach-Object { break } }; 'went on'");
        Assert.Equal("went on", result.Output.Last().ToString());
    }

    [Fact]
    public void A_connection_in_use_survives_its_disconnection()
    {
        Result result = _shell.Run(
            "'a' | New-KlingVideo | ForEach-Object { Disconnect-Kling; $_ } | Wait-KlingTask").Clean();
        Assert.Equal(KlingTaskStatus.Succeeded, result.Task.Status);
    }

    [Theory]
    [InlineData("@{ '' = 1; TaskId = '1'; Status = 'Succeeded' } | Wait-KlingTask")]
    [InlineData("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -MaxRequestsPerSec 1e-13")]
    public void Odd_input_breaks_nothing(string line) => _shell.Run(line).Clean();

    [Fact]
    public void A_destination_no_file_system_has_is_an_error_of_its_own()
    {
        _shell.Run("$t = New-KlingVideo 'x' | Wait-KlingTask").Clean();
        Assert.Equal(["FileNotWritable"], _shell.Run("$t | Save-KlingVideo -Destination \"a`0b\"").ErrorIds);
    }

    [Fact]
    public void Tasks_sort_by_creation_and_name_themselves_in_a_string()
    {
        Result result = _shell.Run(
            "$a = New-KlingVideo 'a'; $b = New-KlingVideo 'b'; \"$a\" -eq $a.TaskId; $a.CompareTo($b) -le 0").Clean();
        Assert.Equal([true, true], result.Output.Select(item => (bool)item.BaseObject));
    }

    [Fact]
    public void A_snapshot_that_was_written_never_changes()
    {
        using Shell shell = Shell.OnSandbox(0.2);
        Result result = shell.Run(
            "$t = New-KlingVideo 'a'; $done = $t | Wait-KlingTask; \"$($t.Status) $($t.PollCount) $($done.Status)\"; "
                + "try { $t.Status = 'Failed' } catch { 'fixed' }");
        Assert.Equal(["Submitted 0 Succeeded", "fixed"], result.Output.Select(item => item.ToString()));
    }
}
