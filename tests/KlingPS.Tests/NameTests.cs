namespace KlingPS.Tests;

/// <summary>What the user calls the work travels with it, to its file.</summary>
public sealed class NameTests : ShellTest
{
    [Theory]
    [InlineData("$task")]
    [InlineData("$task | Wait-KlingTask")]
    [InlineData("$task.TaskId | Get-KlingTask")]
    [InlineData("$task.TaskId | Wait-KlingTask")]
    [InlineData("Get-KlingTask -Last 1")]
    public void A_name_travels(string line)
    {
        KlingTask task = Run("$task = New-KlingVideo 'A quiet harbour' -Name harbour -Model kling-v1-6; " + line).Task;

        Assert.Equal(("harbour", "kling-v1-6", "harbour"), (task.Name, task.Model, task.Title));
        Assert.All(task.Videos, video => Assert.Equal("harbour", video.Name));
    }

    [Theory]
    [InlineData("Wait-KlingTask")]
    [InlineData("Get-KlingTask")]
    public void A_row_with_id_and_kind_keeps_its_name(string command)
    {
        string id = Run("New-KlingVideo 'A quiet harbour'").Task.TaskId;
        using Shell other = Shell.On(_server);
        KlingTask task = other.Run(
            $"[pscustomobject]@{{ TaskId = '{id}'; Kind = 'TextToVideo'; Name = 'harbour' }} | "
                + $"{command}")
            .Clean().Task;

        Assert.Equal(("harbour", "harbour"), (task.Name, task.Title));
    }

    [Fact]
    public void Without_a_name_the_title_is_the_start_of_the_prompt()
    {
        string prompt = "A quiet harbour at dawn, with boats that leave one by one";
        KlingTask task = Run($"New-KlingVideo '{prompt}'").Task;

        Assert.Null(task.Name);
        Assert.Equal("A quiet harbour at dawn, with boats that…", task.Title);
    }

    [Fact]
    public void The_journal_never_holds_the_prompt_and_another_session_has_no_title()
    {
        string id = Run("New-KlingVideo 'unmistakable words'").Task.TaskId;
        using Shell other = Shell.On(_server);

        Assert.Null(other.Run($"Get-KlingTask {id} -Kind TextToVideo").Clean().Task.Title);
    }

    [Fact]
    public void A_table_is_saved_under_its_names()
    {
        Run("""
            [pscustomobject]@{ Name = 'harbour'; Prompt = 'A' }, [pscustomobject]@{ Name = 'beach'; Prompt = 'B' } |
                New-KlingVideo | Wait-KlingTask | Save-KlingVideo -Destination $out
            """);

        Assert.Equal(["beach.mp4", "harbour.mp4"], Files());
    }

    [Fact]
    public void An_extension_has_its_parents_name_and_a_file_of_its_own()
    {
        Run("$p = New-KlingVideo A -Name harbour | Wait-KlingTask; $p | Save-KlingVideo -Destination $out");
        Run("$p | New-KlingExtension | Wait-KlingTask | Save-KlingVideo -Destination $out");
        Run("$p | New-KlingExtension -Prompt x -Name sunrise | Wait-KlingTask | Save-KlingVideo -Destination $out");

        Assert.Equal(["harbour-02.mp4", "harbour.mp4", "sunrise.mp4"], Files());
    }

    [Fact]
    public void An_error_names_the_work()
    {
        Result refused = _shell.Run("New-KlingVideo 'x [sandbox:fail]' -Name beach | Wait-KlingTask");
        string message = refused.Errors[0].ErrorDetails.Message;

        Assert.StartsWith("beach: ", message, StringComparison.Ordinal);
        Assert.Equal("beach", ((KlingException)refused.Errors[0].Exception).TaskName);
        Result local = _shell.Run("[pscustomobject]@{ Name = 'cliff'; Prompt = 'x'; CfgScale = 7 } | New-KlingVideo");
        Assert.Equal("cliff", ((KlingException)local.Errors[0].Exception).TaskName);
    }

    [Fact]
    public void A_script_block_chooses_the_path_of_each()
    {
        Run("""
            'a', 'b' | New-KlingVideo -Name { $_ } | Wait-KlingTask |
                Save-KlingVideo -Destination { "$out/$($_.Name)/clip.mp4" }
            """);

        Assert.Equal(["clip.mp4", "clip.mp4"], Files());
        Assert.True(File.Exists(Path.Combine(_folder.Path, "a", "clip.mp4")));
    }

    [Fact]
    public void A_file_that_is_there_is_written_without_a_request()
    {
        Run("$t = New-KlingVideo A -Name harbour | Wait-KlingTask; $t | Save-KlingVideo -Destination $out");
        int before = _server.RequestCount;
        Result again = Run("$t | Save-KlingVideo -Destination $out -SkipExisting");

        Assert.Equal("harbour.mp4", ((FileInfo)again.Output.Single().BaseObject).Name);
        Assert.Equal(("harbour", before), (again.Output[0].Properties["VideoName"].Value, _server.RequestCount));
    }

    [Fact]
    public void A_file_that_holds_another_video_is_not_skipped()
    {
        Run("New-KlingVideo A -Name harbour | Wait-KlingTask | Save-KlingVideo -Destination $out");
        Result other = _shell.Run(
            "New-KlingVideo B -Name harbour | Wait-KlingTask | Save-KlingVideo -Destination $out -SkipExisting");

        Assert.Equal(["FileExists"], other.ErrorIds);
        Assert.Contains(" with video ", other.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_videos_of_one_command_never_share_a_file()
    {
        Result result = _shell.Run(
            "'a', 'b' | New-KlingVideo | Wait-KlingTask | Save-KlingVideo -Destination $out/one.mp4 -SkipExisting");

        Assert.Equal(["FileExists"], result.ErrorIds);
        Assert.Contains("of this command", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(["one.mp4"], Files());
    }

    [Theory]
    [InlineData("2026.11.26", "2026.11.26/harbour.mp4")]
    [InlineData("v1.6", "v1.6/harbour.mp4")]
    [InlineData("a.MP4", "a.MP4")]
    [InlineData("a.webm", "a.webm")]
    [InlineData("a.mp4/", "a.mp4/harbour.mp4")]
    public void Only_a_videos_extension_makes_a_file(string destination, string saved)
    {
        _shell.Set("to", $"{_folder.Path}/{destination}");
        Run("New-KlingVideo A -Name harbour | Wait-KlingTask | Save-KlingVideo -Destination $to");

        Assert.True(File.Exists(Path.Combine(_folder.Path, saved)), string.Join(", ", Files()));
    }

    [Fact]
    public void A_path_without_a_file_name_is_an_error()
    {
        Result result = _shell.Run(
            "New-KlingVideo A | Wait-KlingTask | Save-KlingVideo -Destination { \"$out/$($_.Name).mp4\" }");

        Assert.Equal(["FileNotWritable"], result.ErrorIds);
        Assert.Empty(Files());
    }

    [Fact]
    public void An_object_with_nothing_but_a_name_is_not_a_request_for_a_video()
    {
        Result result = _shell.Run("[pscustomobject]@{ Name = 'sshd'; Id = 1 } | New-KlingVideo -Prompt x");

        Assert.Equal(["InvalidRequest"], result.ErrorIds);
        Assert.Equal(0, _server.CreatedCount);
        Run("[pscustomobject]@{ Name = 'sshd'; Id = 1 } | New-KlingVideo -Prompt { \"x$($_.Id)\" }");
        Run("[pscustomobject]@{ Name = 'a'; Duration = 5 } | New-KlingVideo -Prompt x");
        Assert.Equal(2, _server.CreatedCount);
    }

    [Theory]
    [InlineData("$parent")]
    [InlineData("$parent.TaskId")]
    [InlineData("$parent.Videos")]
    public void A_parent_of_a_model_that_cannot_be_extended_is_refused_before_it_is_paid(string parent)
    {
        Run("$parent = New-KlingVideo A -Model kling-v2-6 -Mode pro | Wait-KlingTask");
        int before = _server.Requests.Count(request => request.Method == "POST");
        Result result = _shell.Run($"{parent} | New-KlingExtension -Prompt b");

        Assert.Equal(["ParentNotExtendable"], result.ErrorIds);
        Assert.Contains("kling-v2-6", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(SubmissionOutcome.NotSent, ((KlingException)result.Errors[0].Exception).Submission);
        Assert.Equal(before, _server.Requests.Count(request => request.Method == "POST"));
    }

    [Theory]
    [InlineData("$null | New-KlingVideo -Prompt zoom")]
    [InlineData("$null | New-KlingVideo -Prompt zoom -Once -Name x")]
    [InlineData("$null, $null | New-KlingVideo -Image 'https://example.com/a.png'")]
    public void Nothing_piped_is_no_order(string line)
    {
        Assert.NotEmpty(_shell.Run(line).ErrorIds);
        Assert.Equal(0, _server.CreatedCount);
    }

    [Fact]
    public void A_saved_file_is_extended_under_the_name_of_its_video()
    {
        Run("$file = New-KlingVideo A -Name harbour | Wait-KlingTask | Save-KlingVideo -Destination $out");
        KlingTask extension = Run("$file | New-KlingExtension -Prompt b").Task;

        Assert.Equal(("harbour", 2), (extension.Name, extension.Part));
    }

    [Fact]
    public void Under_ErrorAction_Stop_the_failures_come_after_every_task_that_finished()
    {
        Result result = _shell.Run("""
            $tasks = New-KlingVideo 'x [sandbox:fail]' -Name first
            $tasks = @($tasks) + @('A', 'B' | New-KlingVideo) + @(New-KlingVideo 'y [sandbox:fail]' -Name last)
            $got = [System.Collections.Generic.List[object]]::new()
            $tasks | Wait-KlingTask -ErrorAction Stop | ForEach-Object { $got.Add($_) }
            """);

        Assert.StartsWith("TaskFailed,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, ((System.Collections.ICollection)_shell.Get("got")!).Count);
        string other = Assert.Single(result.Warnings);
        Assert.Matches("^(first|last): Task [0-9]+ failed", other);
    }

    private Result Run(string script) => _shell.Run(script).Clean();

    private string[] Files() =>
    [
        .. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];
}
