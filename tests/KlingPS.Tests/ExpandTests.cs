namespace KlingPS.Tests;

/// <summary>A video goes on until it is long enough, and each step is paid once.</summary>
[Collection(nameof(Unobserved))]
public sealed class ExpandTests() : ShellTest("-MaxRetryCount 0")
{
    private const string NeedsFfmpeg = "ffmpeg is not installed here.";

    public static bool HasFfmpeg => JoinTests.HasFfmpeg;

    private protected override bool HasOwnJournal => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await _server.ExpectMomentsAsync();
        _shell.Run(
            "$v1 = New-KlingVideo 'A harbour' -Model kling-v1-6 | Wait-KlingTask; "
                + "$v3 = New-KlingVideo 'A harbour' -Model kling-v3 | Wait-KlingTask").Clean();
    }

    [Fact]
    public void An_extendable_video_grows_step_by_step()
    {
        KlingTask[] steps = [.. Run("$v1 | Expand-KlingVideo -TargetSec 20 -Prompt a, b -Name harbour").Tasks];

        Assert.Equal([2, 3, 4, 5], steps.Select(step => step.Part));
        Assert.All(steps, step => Assert.Equal(("harbour", KlingTaskKind.VideoExtension), (step.Name, step.Kind)));
        Assert.Equal(23, steps[^1].Duration!.Value.TotalSeconds, 0.5);
        Assert.Equal(["a", "b", "b", "b"], _server.Service.Created.Skip(2).Select(task => task.Order.Prompt));
    }

    [Fact]
    public void The_same_command_pays_for_nothing_again()
    {
        string[] first = [.. Run("$v1 | Expand-KlingVideo -TargetSec 20").Tasks.Select(task => task.TaskId)];
        Result again = Run("$v1 | Expand-KlingVideo -TargetSec 20");
        int created = _server.CreatedCount;
        Run("$v1 | Expand-KlingVideo -TargetSec 24");

        Assert.Equal(first, again.Tasks.Select(task => task.TaskId));
        Assert.All(again.Tasks, task => Assert.True(task.IsReused));
        Assert.Equal((6, 7), (created, _server.CreatedCount));
    }

    [Fact]
    public void A_video_of_another_model_goes_on_shot_by_shot()
    {
        Result result = Run("$v3 | Expand-KlingVideo -TargetSec 21 -StepSec 7 -Prompt 'boats leave' -Verbose");

        Assert.Equal([1, 2, 3, 4], result.Tasks.Select(task => task.Part));
        string[] bodies = [.. Posts().Skip(2)];
        Assert.Equal(3, bodies.Length);
        Assert.StartsWith(
            """{"model_name":"kling-v3-omni","prompt":"Based on <<<video_1>>>, generate the next shot: boats leave","""
                + "\"video_list\":[{\"video_url\":\"http://127.0.0.1",
            bodies[0],
            StringComparison.Ordinal);
        Assert.EndsWith(
            "\",\"refer_type\":\"feature\",\"keep_original_sound\":\"no\"}],\"duration\":\"7\","
                + "\"aspect_ratio\":\"16:9\",\"sound\":\"off\"}",
            bodies[0],
            StringComparison.Ordinal);
        Assert.Contains("\"duration\":\"3\"", bodies[2], StringComparison.Ordinal);
        Assert.Contains(result.Verbose, line => line.Contains("goes on by NextShot", StringComparison.Ordinal));
        Run("$v3 | Expand-KlingVideo -TargetSec 21 -StepSec 7 -Prompt 'boats leave'");
        Assert.Equal(5, _server.CreatedCount);
    }

    [Fact(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_video_goes_on_by_its_last_frame_and_its_parts_are_joined()
    {
        Result result = Run(
            "$v3 | Expand-KlingVideo -TargetSec 30 -StepSec 10 -Method LastFrame -Name harbour | "
                + "Save-KlingVideo $out");

        Assert.Equal(4, result.Output.Count);
        Run("Join-KlingVideo $out/harbour-*.mp4 $out/all.mp4");
        Assert.True(await Clip.SecondsAsync(_folder.File("all.mp4")) >= 30);
        Assert.All(Posts().Skip(2), body => Assert.Contains("\"image\":\"/9j/", body, StringComparison.Ordinal));
        Assert.Equal(5, _server.CreatedCount);
        int downloads = _server.Requests.Count(request => request.Path.Contains("/videos/8", StringComparison.Ordinal));
        Run("$v3 | Expand-KlingVideo -TargetSec 30 -StepSec 10 -Method LastFrame -Name harbour");
        Assert.Equal(5, _server.CreatedCount);
        Assert.Equal(
            downloads,
            _server.Requests.Count(request => request.Path.Contains("/videos/8", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_the_service_refuses_the_extension_Auto_takes_the_next_way()
    {
        _server.Inject(Fault.Respond(404, """{"code":1203,"message":"The model is discontinued"}""").On("POST"));
        Result result = Run("$v1 | Expand-KlingVideo -TargetSec 9 -Verbose");

        Assert.Equal([KlingTaskKind.TextToVideo, KlingTaskKind.OmniVideo], result.Tasks.Select(task => task.Kind));
        Assert.Contains(result.Verbose, line => line.Contains("discontinued", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_that_fails_ends_its_chain_and_the_command_it_names_goes_on()
    {
        Result result = _shell.Run(
            "$v1 | Expand-KlingVideo -TargetSec 15 -Prompt 'fine', 'it''s [sandbox:fail]' -Name \"o'hara\"");

        Assert.Equal(["ChainInterrupted"], result.ErrorIds);
        KlingTask last = Assert.IsType<KlingTask>(result.Errors[0].TargetObject);
        Assert.Equal((2, result.Tasks.Single().TaskId), (last.Part, last.TaskId));
        string command = result.Errors[0].ErrorDetails.RecommendedAction;
        Assert.StartsWith("Get-KlingTask '", command, StringComparison.Ordinal);
        Assert.Contains("-Prompt 'fine', 'it''s [sandbox:fail]' -Name 'o''hara'", command, StringComparison.Ordinal);

        Assert.Equal(["ChainInterrupted"], _shell.Run(command).ErrorIds);
        // The first step is there; what failed is paid for once more.
        Assert.Equal(5, _server.CreatedCount);
        Assert.Empty(Run("Get-KlingIntent").Output);
    }

    [Theory(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    [InlineData("LastFrame", 0)]
    [InlineData("NextShot", 1)]
    public void A_step_whose_answer_was_lost_is_never_paid_twice(string method, int errors)
    {
        string line = $"$v3 | Expand-KlingVideo -TargetSec 15 -Method {method}";
        _server.Inject(Fault.ResetAfterService().On("POST"));
        Assert.Equal(["ChainInterrupted"], _shell.Run(line).ErrorIds);
        Result again = _shell.Run(line);

        // Where the service finds no task by the user's id, a person has to settle it.
        Assert.Equal(errors, again.Errors.Count);
        Assert.Equal(2 + (errors == 0 ? 2 : 1), _server.CreatedCount);
    }

    [Fact]
    public void A_spending_limit_ends_the_chain_at_what_is_there()
    {
        _shell.Set("uri", _server.BaseUri);
        _shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $uri -MaxPaidTasks 2").Clean();
        Result result = _shell.Run("$v1 | Expand-KlingVideo -TargetSec 30");

        Assert.Equal(["ChainInterrupted"], result.ErrorIds);
        Assert.Equal(2, result.Output.Count);
        Assert.Equal(SubmissionOutcome.NotSent, Assert.IsType<KlingException>(result.Errors[0].Exception).Submission);
    }

    [Fact]
    public void Chains_run_side_by_side()
    {
        Run("$many = 1..20 | ForEach-Object { New-KlingVideo \"p$_\" -Model kling-v1-6 } | Wait-KlingTask");
        Result result = Run("$many | Expand-KlingVideo -TargetSec 13");

        Assert.Equal(40, result.Output.Count);
        Assert.Equal(62, _server.CreatedCount);
    }

    [Fact]
    public void A_video_that_is_long_enough_passes_through()
    {
        Assert.Equal(
            Assert.IsType<KlingTask>(((PSObject)_shell.Get("v1")!).BaseObject),
            Run("$v1 | Expand-KlingVideo -TargetSec 5").Task);
        Assert.Equal(2, _server.CreatedCount);
    }

    [Theory]
    [InlineData("$v1 | Expand-KlingVideo -TargetSec 10")]
    [InlineData("$v1.TaskId | Expand-KlingVideo -TargetSec 10")]
    [InlineData("$v1.Videos[0] | Expand-KlingVideo -TargetSec 10")]
    [InlineData("Expand-KlingVideo $v1 -TargetSec 10")]
    [InlineData("@{ TaskId = $v1.TaskId; Status = 'Succeeded' } | Expand-KlingVideo -TargetSec 10")]
    [InlineData("$v1, $v1 | Expand-KlingVideo -TargetSec 10")]
    public void A_parent_comes_in_whatever_form(string line)
    {
        Assert.Equal(2, Run(line).Output.Count);
        Assert.Equal(4, _server.CreatedCount);
    }

    [Theory]
    [InlineData("$v1 | Expand-KlingVideo", "InvalidRequest")]
    [InlineData("Expand-KlingVideo -TargetSec 30", "InvalidRequest")]
    [InlineData("$v1 | Expand-KlingVideo -TargetSec 181 -Method Extend", "InvalidRequest")]
    [InlineData("$v3 | Expand-KlingVideo -TargetSec 30 -Method Extend", "ParentNotExtendable")]
    [InlineData("$v1 | Expand-KlingVideo -TargetSec 30 -Method Extend -Model kling-v3", "InvalidRequest")]
    [InlineData("$v3 | Expand-KlingVideo -TargetSec 30 -Method NextShot -Model kling-v3", "InvalidRequest")]
    [InlineData("$v3 | Expand-KlingVideo -TargetSec 30 -Method NextShot -StepSec 16", "InvalidRequest")]
    [InlineData(
        "$v3 | Expand-KlingVideo -TargetSec 30 -Method NextShot -Model kling-video-o1 -StepSec 10", "InvalidRequest")]
    [InlineData("$v3 | Expand-KlingVideo -TargetSec 30 -Method LastFrame -Model kling-v3-omni", "InvalidRequest")]
    [InlineData("$v1 | Expand-KlingVideo -TargetSec 30 -CfgScale 2", "InvalidRequest")]
    public void What_cannot_be_meant_is_refused_before_anything_is_paid(string line, string error)
    {
        Assert.Equal([error], _shell.Run(line).ErrorIds);
        Assert.Equal(2, _server.CreatedCount);
    }

    [Fact]
    public void What_if_shows_the_whole_plan_without_a_key_and_pays_nothing()
    {
        CaptureHost host = new();
        using Shell other = new(host);
        other.Set("task", _shell.Get("v3"));
        int before = _server.RequestCount;
        other.Run("Disconnect-Kling; $task, '123' | Expand-KlingVideo -TargetSec 20 -Prompt one, two -WhatIf").Clean();

        foreach (string shown in (string[])[
            "to 20 s by NextShot with kling-v3-omni: 3 paid tasks",
            "part 4: Based on <<<video_1>>>, generate the next shot: two",
            "7 paid tasks would be submitted"])
        {
            Assert.Contains(shown, host.Screen.Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, _server.RequestCount);
    }

    private IEnumerable<string> Posts() =>
        _server.Requests.Where(request => request.Method == "POST").Select(request => request.Body);

    private Result Run(string script) => _shell.Run(script).Clean();
}
