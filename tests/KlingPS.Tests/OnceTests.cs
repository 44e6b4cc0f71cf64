namespace KlingPS.Tests;

/// <summary>The same work is paid at most once.</summary>
[Collection(nameof(Unobserved))]
public sealed class OnceTests() : ShellTest("-MaxRetryCount 0")
{
    private readonly TempFolder _otherState = new();

    private protected override bool HasOwnJournal => true;

    public override async ValueTask DisposeAsync()
    {
        _otherState.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public void Equal_work_is_paid_once_and_its_task_is_written_again()
    {
        KlingTask first = Run("New-KlingVideo 'a harbour' -Once").Task;
        KlingTask second = Run("New-KlingVideo 'a harbour' -Once").Task;

        Assert.Equal((first.TaskId, false, true), (second.TaskId, first.IsReused, second.IsReused));
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void A_task_made_without_Once_counts_too()
    {
        string id = Run("New-KlingVideo 'a harbour' -Name harbour").Task.TaskId;

        Assert.Equal(id, Run("New-KlingVideo 'a harbour' -Name harbour -Once").Task.TaskId);
        Assert.Equal(id, Run("New-KlingVideo 'a harbour' -Once").Task.TaskId);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void A_name_stands_for_one_request()
    {
        string id = Run("New-KlingVideo 'a harbour' -Name harbour -Once").Task.TaskId;
        Result other = _shell.Run("New-KlingVideo 'a beach' -Name harbour -Once");

        Assert.Equal(["NameTaken"], other.ErrorIds);
        Assert.Contains(id, other.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith("harbour: ", other.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void Two_names_are_two_videos_of_one_prompt()
    {
        Run("'a', 'b' | ForEach-Object { New-KlingVideo 'a harbour' -Name $_ -Once }");

        Assert.Equal(2, _server.CreatedCount);
    }

    [Fact]
    public void Equal_rows_of_one_table_are_paid_once_also_side_by_side()
    {
        Result result = Run(
            "1..40 | ForEach-Object { [pscustomobject]@{ Prompt = \"p$($_ % 4)\" } } | "
                + "New-KlingVideo -Once -ThrottleLimit 16");

        Assert.Equal((4, 40), (_server.CreatedCount, result.Output.Count));
        Assert.Equal(4, result.Tasks.Select(task => task.TaskId).Distinct().Count());
    }

    [Fact]
    public void A_failed_task_is_written_again_and_paid_anew_only_when_asked()
    {
        const string line = "New-KlingVideo 'no [sandbox:fail]' -Name no -Once";
        Run(line + " | Wait-KlingTask -IncludeFailed");
        KlingTask again = Run(line).Task;
        KlingTask retried = Run(line + " -RetryFailed").Task;

        Assert.Equal((KlingTaskStatus.Failed, true), (again.Status, again.IsReused));
        Assert.Equal((false, 2), (retried.IsReused, _server.CreatedCount));
        Assert.EndsWith("~2", retried.ExternalTaskId ?? External(), StringComparison.Ordinal);
        Run(line + " -RetryFailed | Wait-KlingTask -IncludeFailed; " + line + " -RetryFailed");
        Assert.Equal(4, _server.CreatedCount);
        Assert.EndsWith("~4", External(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_machine_takes_the_task_of_the_first()
    {
        string id = Run("New-KlingVideo 'a harbour' -Name harbour -Once").Task.TaskId;
        using Shell other = OnAnotherMachine();
        KlingTask task = other.Run("New-KlingVideo 'a harbour' -Name harbour -Once").Clean().Task;

        Assert.Equal((id, true, "harbour"), (task.TaskId, task.IsReused, task.Name));
        Assert.Equal(1, _server.CreatedCount);
        int before = _server.Requests.Count(request => request.Method == "POST");
        Assert.Equal(id, other.Run("New-KlingVideo 'a harbour' -Name harbour -Once").Clean().Task.TaskId);
        Assert.Equal(before, _server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public void Where_the_service_does_not_answer_by_external_id_nothing_is_paid_twice()
    {
        Run("New-KlingVideo 'a harbour' -Name harbour -Once");
        using Shell other = OnAnotherMachine();
        _server.Inject(Fault.Respond(404, """{"code":1203,"message":"Resource not found"}""").On("GET"));
        Result result = other.Run("New-KlingVideo 'a harbour' -Name harbour -Once");

        Assert.Equal(["ExternalIdTaken"], result.ErrorIds);
        Assert.Contains("klingps-", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void What_was_lost_on_the_wire_is_found_and_taken()
    {
        _server.Inject(Fault.ResetAfterService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], _shell.Run("New-KlingVideo 'a harbour' -Once").ErrorIds);
        KlingTask task = Run("New-KlingVideo 'a harbour' -Once").Task;

        Assert.True(task.IsReused);
        Assert.Equal(1, _server.CreatedCount);
        Assert.Empty(Run("Get-KlingIntent").Output);
    }

    [Fact]
    public void What_may_still_arrive_is_not_sent_again()
    {
        _server.Inject(Fault.ResetBeforeService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], _shell.Run("New-KlingVideo 'a harbour' -Once").ErrorIds);
        Result again = _shell.Run("New-KlingVideo 'a harbour' -Once");

        Assert.Equal(["MayBePaidAlready"], again.ErrorIds);
        Assert.Contains("again after", again.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, _server.CreatedCount);
        Run("New-KlingVideo 'a harbour' -Once -Force");
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void An_extension_is_known_by_its_parent_and_inherits_the_name()
    {
        Run("$parent = New-KlingVideo 'a harbour' -Name harbour | Wait-KlingTask");
        KlingTask first = Run("$parent | New-KlingExtension -Prompt b -Once").Task;
        KlingTask second = Run("$parent | New-KlingExtension -Prompt b -Once").Task;

        Assert.Equal(("harbour", 2, first.TaskId), (first.Name, first.Part, second.TaskId));
        Assert.NotEqual(first.TaskId, Run("$parent | New-KlingExtension -Prompt c -Once").Task.TaskId);
    }

    [Fact]
    public void An_extension_of_unknown_outcome_cannot_be_asked_for_and_is_refused()
    {
        Run("$parent = New-KlingVideo 'a harbour' | Wait-KlingTask");
        _server.Inject(Fault.ResetAfterService().On("POST"));
        _shell.Run("$parent | New-KlingExtension -Prompt b -Once");

        Assert.Equal(["MayBePaidAlready"], _shell.Run("$parent | New-KlingExtension -Prompt b -Once").ErrorIds);
        Assert.Equal(2, _server.CreatedCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-ExternalTaskId mine-1")]
    public void A_kind_that_is_not_found_by_an_external_id_is_not_sent_again(string id)
    {
        string line = $"New-KlingVideo 'a boat' -Model kling-video-o1 -AspectRatio 1:1 -Once {id}";
        _server.Inject(Fault.ResetAfterService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], _shell.Run(line).ErrorIds);
        Assert.Equal(
            id.Length > 0, _server.Requests[^1].Body.Contains("external_task_id", StringComparison.Ordinal));
        _server.Inject(Fault.Respond(400, """{"code":1201,"message":"Task not found by id: x"}""").On("GET"));

        Result again = _shell.Run(line);
        Assert.Equal(["MayBePaidAlready"], again.ErrorIds);
        Assert.DoesNotContain("again after", again.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void Without_a_journal_that_others_see_nothing_is_sent()
    {
        using Shell shell = WithoutJournal();

        Result result = shell.Run("New-KlingVideo 'a harbour' -Once");
        Assert.Equal(["JournalNotWritable"], result.ErrorIds);
        Assert.DoesNotContain(
            "do without a journal", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, _server.CreatedCount);
    }

    [Fact]
    public void A_reference_video_is_the_same_at_any_address()
    {
        foreach (string address in (string[])["https://v16.test/a.mp4?ksSecret=1", "https://v21.test/b.mp4?ksSecret=2"])
        {
            Run($"$video = [pscustomobject]@{{ VideoId = '61'; TaskId = '60'; Url = '{address}' }}");
            Run("New-KlingVideo 'the next shot' -ReferenceVideo $video -AspectRatio 1:1 -Once");
        }

        Assert.Equal(1, _server.CreatedCount);
        Run("$video.VideoId = '62'; New-KlingVideo 'the next shot' -ReferenceVideo $video -AspectRatio 1:1 -Once");
        Assert.Equal(2, _server.CreatedCount);
    }

    [Fact]
    public void WhatIf_with_Force_shows_what_would_be_sent_beside_an_unsettled_request()
    {
        _server.Inject(Fault.ResetBeforeService().On("POST"));
        _shell.Run("New-KlingVideo 'a harbour' -Once");

        Run("New-KlingVideo 'a harbour' -Name other -Once -Force -WhatIf");
        Assert.Equal(0, _server.CreatedCount);
    }

    [Fact]
    public void WhatIf_counts_only_what_would_be_paid()
    {
        CaptureHost host = new();
        using Shell shell = Shell.On(_server, host: host);
        string taskId = shell.Run("New-KlingVideo 'a harbour' -Once").Clean().Task.TaskId;
        int before = _server.RequestCount;
        shell.Run("'a harbour', 'a cliff' | New-KlingVideo -Once -WhatIf").Clean();

        Assert.Equal(before, _server.RequestCount);
        Assert.Contains(
            $"What if: Nothing would be sent, because task {taskId} is the same work.",
            host.Screen.Text,
            StringComparison.Ordinal);
        Assert.Contains("What if: 1 paid task would be submitted.", host.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_on_the_command_line_is_for_one_record()
    {
        Result result = _shell.Run("'a', 'b' | New-KlingVideo -Name harbour");

        Assert.Equal(["InvalidRequest"], result.ErrorIds);
        Assert.Equal("harbour", result.Task.Name);
    }

    [Fact]
    public void A_script_block_names_each_of_several() => Assert.Equal(
        ["aa", "bb"],
        Run("'a', 'b' | New-KlingVideo -Name { $_ * 2 }").Tasks.Select(task => task.Name));

    [Fact]
    public void A_script_block_names_an_extension_too()
    {
        Run("$parent = New-KlingVideo 'a harbour' -Name harbour | Wait-KlingTask");
        KlingTask task = Run("$parent | New-KlingExtension -Prompt b -Name { \"$($_.Name) goes on\" } -Once").Task;

        Assert.Equal(("harbour goes on", null), (task.Name, task.Part));
        Result other = _shell.Run("$parent | New-KlingExtension -Prompt c -Name { \"$($_.Name) goes on\" } -Once");
        Assert.Equal(["NameTaken"], other.ErrorIds);
    }

    [Fact]
    public void RetryFailed_needs_Once()
    {
        Assert.Equal(["InvalidRequest"], _shell.Run("New-KlingVideo 'a' -RetryFailed").ErrorIds);
        Assert.Equal(0, _server.CreatedCount);
    }

    private Result Run(string script) => _shell.Run(script).Clean();

    private string External() => _server.Service.Created[^1].Order.ExternalTaskId ?? "";

    private Shell OnAnotherMachine()
    {
        Environment.SetEnvironmentVariable("XDG_STATE_HOME", _otherState.Path);
        return Shell.On(_server, "-MaxRetryCount 0");
    }

    private Shell WithoutJournal()
    {
        Environment.SetEnvironmentVariable("KLINGPS_JOURNAL", "off");
        try
        {
            return Shell.On(_server);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KLINGPS_JOURNAL", null);
        }
    }
}
