namespace KlingPS.Tests;

public sealed class SaveTests() : ShellTest("-MaxRetryCount 0")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Run(
            "$task = New-KlingVideo 'A' -Model kling-v1-6 | Wait-KlingTask; $other = New-KlingVideo 'B' -Model "
                + "kling-v1-6 | Wait-KlingTask").Clean();
    }

    [Theory]
    [InlineData("new-folder")]
    [InlineData("new.folder/")]
    [InlineData("a/b/c")]
    public void A_folder_is_made_and_gets_a_file_named_after_the_video(string destination)
    {
        PSObject file = _shell.Run(
            $"$task | Save-KlingVideo -Destination \"$out/{destination}\"").Clean().Output.Single();
        FileInfo info = Assert.IsType<FileInfo>(file.BaseObject);
        Assert.Equal($"{file.Properties["VideoId"].Value}.mp4", info.Name);
        Assert.True(info.Exists);
    }

    [Theory]
    [InlineData("$extended | Save-KlingVideo $out")]
    [InlineData("$extended.Videos | Save-KlingVideo $out")]
    [InlineData("$extended.TaskId | Save-KlingVideo $out")]
    [InlineData("$null = $extended | Save-KlingVideo $out; $extended | Save-KlingVideo $out -SkipExisting")]
    public void A_saved_file_says_what_is_known_of_its_video_but_not_its_address(string line)
    {
        PSObject file = _shell.Run(
            "$extended = New-KlingVideo 'C' -Model kling-v1-6 -Name harbour | Wait-KlingTask | New-KlingExtension | "
                + $"Wait-KlingTask; {line}").Clean().Output.Single();
        KlingTask task = (KlingTask)((PSObject)_shell.Get("extended")!).BaseObject;
        string?[] expected =
            ["harbour", "harbour", "kling-v1-6", $"{task.Duration}", $"{task.ExpiresAt}", "2"];
        Assert.Equal(
            expected,
            new[] { "VideoName", "Title", "Model", "Duration", "ExpiresAt", "Part" }
                .Select(name => file.Properties[name].Value?.ToString()));
        Assert.DoesNotContain(file.Properties, property => property.Name.Contains("Url", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("$task | Save-KlingVideo $out/x")]
    [InlineData("$task | Save-KlingVideo $out/x -Force")]
    [InlineData("$task.TaskId | Save-KlingVideo $out/x")]
    [InlineData("$task.TaskId | Save-KlingVideo x -Kind TextToVideo")]
    [InlineData("$task.Videos | Save-KlingVideo $out/x")]
    [InlineData("@{ TaskId = $task.TaskId } | Save-KlingVideo x")]
    [InlineData("[pscustomobject]@{ TaskId = $task.TaskId; Kind = 'TextToVideo' } | Save-KlingVideo x")]
    [InlineData("Save-KlingVideo $task x")]
    [InlineData("Save-KlingVideo $task.TaskId x")]
    public void What_is_piped_is_saved_where_the_one_argument_says(string line)
    {
        PSObject file = _shell.Run(
            $"[void]$ExecutionContext.SessionState.Path.SetLocation($out); {line}").Clean().Output.Single();
        KlingTask task = (KlingTask)((PSObject)_shell.Get("task")!).BaseObject;
        Assert.Equal(
            Path.Combine(_folder.Path, "x", $"{task.VideoId}.mp4"), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.Equal(task.TaskId, file.Properties["TaskId"].Value);
    }

    [Fact]
    public void Every_piped_task_is_saved_where_the_one_argument_says()
    {
        Result result = _shell.Run("$task, $other, 'no-such-task' | Save-KlingVideo $out/x");
        Assert.Equal(2, result.Output.Count);
        Assert.Equal(["TaskNotFound"], result.ErrorIds);
    }

    [Theory]
    [InlineData("$task | Save-KlingVideo $other")]
    [InlineData("$task | Save-KlingVideo $out, $out")]
    [InlineData("1.5 | Save-KlingVideo $out")]
    [InlineData("[object]::new() | Save-KlingVideo $out")]
    public void What_cannot_be_piped_beside_the_argument_is_an_error_and_saves_nothing(string line)
    {
        Assert.NotEmpty(_shell.Run(line).Errors);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("./out")]
    [InlineData("out/")]
    [InlineData("~/videos")]
    [InlineData("C:\\videos")]
    [InlineData("clip.mp4")]
    public void A_path_in_the_place_of_the_task_is_an_error_without_a_request(string path)
    {
        ErrorRecord error = Assert.Single(RunUnsent($"Save-KlingVideo '{path}'").Errors);
        Assert.StartsWith("InvalidRequest,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith(
            $"'{path}' is a path, not a task id.", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains($"-Destination '{path}'", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_comes_as_Get_Item_gives_it()
    {
        PSObject file = _shell.Run("$task | Save-KlingVideo -Destination $out").Clean().Output.Single();
        Assert.Equal(_folder.Path, ((string)file.Properties["PSParentPath"].Value).Split("::")[^1]);
    }

    [Fact]
    public void A_destination_with_an_extension_is_the_file_which_the_first_video_takes()
    {
        Result result = _shell.Run("$task, $other | Save-KlingVideo -Destination \"$out/one.mp4\" -Force");
        Assert.Equal("one.mp4", Assert.IsType<FileInfo>(result.Output.Single().BaseObject).Name);
        Assert.Equal(["FileExists"], result.ErrorIds);
    }

    [Fact]
    public void The_same_video_twice_in_one_command_is_an_error_also_with_Force()
    {
        Result result = _shell.Run("$task, $task | Save-KlingVideo -Destination $out -Force");
        Assert.Single(result.Output);
        Assert.Equal(["FileExists"], result.ErrorIds);
    }

    [Fact]
    public void What_cannot_be_saved_is_an_error_a_task_and_the_others_still_come()
    {
        _shell.Run(
            "$failed = New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -IncludeFailed; $open = New-KlingVideo 'x "
                + "[sandbox:slow 3600]'").Clean();
        Result result = _shell.Run("$failed, $open, $task | Save-KlingVideo -Destination $out");
        Assert.Equal(["TaskFailed", "TaskNotFinished"], result.ErrorIds);
        Assert.Single(result.Output);
        Assert.Equal(["TaskNotFound"], _shell.Run("Save-KlingVideo 123456789012345678 $out").ErrorIds);
    }

    [Fact]
    public void WhatIf_saves_nothing_and_makes_no_folder()
    {
        _shell.Run("$task | Save-KlingVideo -Destination \"$out/none\" -WhatIf").Clean();
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
