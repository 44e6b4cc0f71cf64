using System.Diagnostics;

namespace KlingPS.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task Tasks_are_written_in_the_order_they_finish_not_in_which_they_came()
    {
        double[] seconds = [1.5, 0, 0.1];
        await using KlingTestServer server = await KlingTestServer.StartAsync(
            settings => settings.DurationOf = number => TimeSpan.FromSeconds(seconds[number]));
        using Shell shell = Shell.On(server);
        Result result = shell.Run(
            "$tasks = 'slow', 'quick', 'quicker' | New-KlingVideo; $slow = $tasks[0].TaskId; $tasks | Wait-KlingTask")
            .Clean();
        Assert.Equal(3, result.Tasks.Count());
        Assert.Equal(shell.Get("slow")!.ToString(), result.Tasks.Last().TaskId);
    }

    [Fact]
    public void A_time_over_is_one_error_a_task_and_its_target_goes_on_waiting()
    {
        using Shell shell = Shell.OnSandbox(0.4);
        Result result = shell.Run("""
            $open = 'a', 'b' | New-KlingVideo
            $open | Wait-KlingTask -TimeoutSec 0 -ErrorVariable late -ErrorAction SilentlyContinue
            $late.TargetObject | Wait-KlingTask
            """);
        Assert.Equal(2, result.Clean().Tasks.Count(task => task.Status == KlingTaskStatus.Succeeded));
        Assert.Equal(2, shell.Run("$late").Output.Count);
        ErrorRecord late = Assert.IsType<ErrorRecord>(shell.Run("$late[0]").Output.Single().BaseObject);
        Assert.Equal("WaitTimeout,KlingPS.Commands.WaitKlingTaskCommand", late.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, late.CategoryInfo.Category);
    }

    [Fact]
    public void An_id_that_never_answered_times_out_as_a_task_of_status_Unknown()
    {
        using Shell shell = new();
        shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri 'http://127.0.0.1:9/kling/'").Clean();
        Result result = shell.Run("Wait-KlingTask 123456789012345678 -TimeoutSec 0");
        Assert.Equal(["WaitTimeout"], result.ErrorIds);
        KlingTask task = Assert.IsType<KlingTask>(result.Errors[0].TargetObject);
        Assert.Equal(KlingTaskStatus.Unknown, task.Status);
        Assert.Equal("123456789012345678", task.TaskId);
        Assert.Contains("last poll failed", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_task_is_an_error_with_the_services_reason_or_an_object_when_asked_for()
    {
        using Shell shell = Shell.OnSandbox();
        Result result = shell.Run("$failing = New-KlingVideo 'x [sandbox:fail]'; $failing | Wait-KlingTask");
        Assert.Equal(["TaskFailed"], result.ErrorIds);
        Assert.Contains("(sandbox)", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(KlingTaskStatus.Failed, Assert.IsType<KlingTask>(result.Errors[0].TargetObject).Status);
        Assert.Equal(KlingTaskStatus.Failed, shell.Run("$failing | Wait-KlingTask -IncludeFailed").Clean().Task.Status);
        Assert.Equal(["TaskFailed"], shell.Run("Get-KlingTask $failing | Wait-KlingTask").ErrorIds);
    }

    [Fact]
    public void Any_writes_the_first_and_warns_once_of_what_still_arrives()
    {
        using Shell shell = Shell.OnSandbox();
        Result result = shell.Run("""
            & {
              New-KlingVideo 'first'
              while (-not $finished) { $finished = $true; $x = New-KlingVideo 'x' | Wait-KlingTask }
              $x; $x; $x
              New-KlingVideo 'second'; New-KlingVideo 'third'
            } | Wait-KlingTask -Any
            """).Clean();
        Assert.Single(result.Tasks);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void The_bar_counts_by_state_and_is_cleared_at_the_end()
    {
        using Shell shell = Shell.OnSandbox(0.5);
        Result result = shell.Run("1..3 | ForEach-Object { New-KlingVideo \"$_\" } | Wait-KlingTask").Clean();
        Assert.Contains(
            result.Progress,
            record =>
                record.Activity == "Waiting for 3 Kling tasks"
                    && record.StatusDescription.Contains("3 ", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public void Several_tasks_have_a_line_each_below_the_bar()
    {
        // Longer than a busy machine takes from the first task to the wait for all three.
        using Shell shell = Shell.OnSandbox(2);
        Result result = shell.Run("'a', 'b', 'a harbour' | New-KlingVideo | Wait-KlingTask").Clean();

        ProgressRecord[] lines = [.. result.Progress.Where(record => record.ParentActivityId >= 0)];
        Assert.Equal(
            3,
            lines.Where(line => line.RecordType == ProgressRecordType.Processing)
                .Select(line => line.ActivityId).Distinct().Count());
        Assert.Contains(
            lines,
            line => line.Activity == "a harbour"
                && line.StatusDescription.Contains(", 0:0", StringComparison.Ordinal));
        Assert.All(
            lines.GroupBy(line => line.ActivityId),
            line => Assert.Equal(ProgressRecordType.Completed, line.Last().RecordType));
    }

    [Fact]
    public void The_bar_is_cleared_when_an_error_stops_the_command()
    {
        using Shell shell = Shell.OnSandbox();
        Result result = shell.Run(
            "try { New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -ErrorAction Stop } catch { "
                + "$_.FullyQualifiedErrorId }").Clean();
        Assert.StartsWith("TaskFailed,", result.Output.Single().ToString(), StringComparison.Ordinal);
        Assert.True(result.Progress.Count == 0 || result.Progress[^1].RecordType == ProgressRecordType.Completed);
    }
}

/// <summary>What a person sees while nothing is sent: each wait of more than a second has a line and a bar.</summary>
public sealed class PauseTests : ShellTest
{
    private const string TooFast = """{"code":1302,"message":"too fast","request_id":"r"}""";

    private static readonly Dictionary<string, string> TwoSeconds = new() { ["Retry-After"] = "2" };
    private static readonly Dictionary<string, string> AYear = new() { ["Retry-After"] = "31536000" };

    private protected override void Configure(ServerSettings settings) => settings.TaskDuration = TimeSpan.Zero;

    [Theory]
    [InlineData("New-KlingVideo 'B'", "POST")]
    [InlineData("Get-KlingTask $task", "GET")]
    public void A_pause_asked_for_is_shown_in_a_bar_that_is_cleared(string line, string method)
    {
        _shell.Run("$task = New-KlingVideo 'A'").Clean();
        _server.Inject(Fault.Respond(429, TooFast, TwoSeconds).On(method));

        Result result = _shell.Run(line + " -Verbose").Clean();

        Assert.Contains(result.Verbose, text => text.StartsWith("Pausing for 2", StringComparison.Ordinal));
        AssertShown(result, "Waiting before the next request", "too fast");
    }

    [Theory]
    [InlineData("'B', 'C' | New-KlingVideo -ThrottleLimit 2")]
    [InlineData("'B' | New-KlingVideo | Get-KlingTask")]
    public void A_turn_of_the_rate_that_takes_more_than_a_second_is_shown_in_a_bar_that_is_cleared(string line)
    {
        _shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0.7").Clean();
        Result result = _shell.Run("$VerbosePreference = 'Continue'; " + line).Clean();

        Assert.Contains(result.Verbose, text => text.StartsWith("Waiting for up to 1", StringComparison.Ordinal));
        Assert.Matches(@": HTTP 200 in \d+ ms after waiting 1[0-9]{3} ms for its turn", result.Verbose[^1]);
        AssertShown(result, "Waiting before the next request", "other requests are ahead");
    }

    [Fact]
    public void A_wait_shows_the_pause_in_its_one_bar()
    {
        _shell.Run("$task = New-KlingVideo 'A'").Clean();
        _server.Inject(Fault.Respond(503, "", TwoSeconds).On("GET"));

        Result result = _shell.Run("$task | Wait-KlingTask -Verbose").Clean();

        Assert.Single(result.Progress.Select(record => record.ActivityId).Distinct());
        AssertShown(result, "Waiting for 1 Kling task", " s more: ");
        Assert.DoesNotContain("pausing", result.Progress[^2].StatusDescription, StringComparison.Ordinal);
        Assert.Contains(result.Verbose, text => text.StartsWith("Pausing for 2 s", StringComparison.Ordinal));
    }

    [Fact]
    public void A_save_shows_the_pause_in_its_one_bar()
    {
        _shell.Run("$task = New-KlingVideo 'A' | Wait-KlingTask").Clean();
        _server.Inject(Fault.Respond(503, "", TwoSeconds).On("GET"));

        Result result = _shell.Run("Save-KlingVideo $task.TaskId $out").Clean();

        Assert.Single(result.Progress.Select(record => record.ActivityId).Distinct());
        AssertShown(result, "Saving Kling videos", "Pausing for 2 s more");
    }

    [Fact]
    public void A_pause_the_command_has_no_time_for_is_an_error_at_once()
    {
        _shell.Run("$task = New-KlingVideo 'A'").Clean();
        _server.Inject(Fault.Respond(503, "", AYear).On("GET"));
        int before = _server.RequestCount;

        Result result = _shell.Run(
            "$task | Get-KlingTask; New-KlingVideo 'B' -QueueTimeoutSec 2; $task.TaskId | Wait-KlingTask -Timeout 5");

        Assert.Equal(["ServiceUnavailable", "ServiceUnavailable", "WaitTimeout"], result.ErrorIds);
        string[] messages = [.. result.Errors.Select(error => error.ErrorDetails.Message)];
        Assert.All(messages, message => Assert.Contains("a pause of 31", message, StringComparison.Ordinal));
        Assert.Equal(SubmissionOutcome.NotSent, ((KlingException)result.Errors[1].Exception).Submission);
        Assert.Equal(before + 1, _server.RequestCount);
    }

    private static void AssertShown(Result result, string activity, string status)
    {
        Assert.Contains(result.Progress, record =>
            record.Activity == activity
            && record.RecordType == ProgressRecordType.Processing
            && record.StatusDescription.Contains(status, StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }
}

/// <summary>Whatever way a pipeline ends, nothing goes on behind the prompt.</summary>
[Collection(nameof(Unobserved))]
public sealed class StoppingTests : ShellTest
{
    // A stop takes milliseconds; the contract says under a second; a busy machine gets a little more.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(3);

    private readonly List<Exception> _unobserved = [];

    public override async ValueTask InitializeAsync()
    {
        TaskScheduler.UnobservedTaskException += Remember;
        await base.InitializeAsync();
        _shell.Run("$done = New-KlingVideo 'A' -Model kling-v1-6 | Wait-KlingTask; $open = New-KlingVideo 'B'").Clean();
    }

    private protected override void Configure(ServerSettings settings) =>
        settings.DurationOf = number => number == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= Remember;
        Assert.Empty(_unobserved);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_poll_ends_the_wait()
    {
        _server.Inject(Fault.HangBeforeService().On("GET").Always());
        await StopAsync("$open | Wait-KlingTask", _server.RequestCount + 1);
        await _server.WaitForAbortsAsync(1, Token);
    }

    [Fact]
    public async Task Ctrl_C_between_two_polls_ends_the_wait() =>
        await StopAsync("$open | Wait-KlingTask -PollIntervalSec 3600", _server.RequestCount + 1);

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_query_ends_it()
    {
        _server.Inject(Fault.HangBeforeService().On("GET").Always());
        await StopAsync("Get-KlingTask $open", _server.RequestCount + 1);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_submission_ends_it()
    {
        _server.Inject(Fault.HangAfterService().On("POST").Always());
        await StopAsync("New-KlingVideo 'C'", _server.RequestCount + 1);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_download_ends_it_and_leaves_no_file_of_the_final_name()
    {
        _server.Inject(Fault.Throttle(100).On("GET", "/videos/").Always());
        await StopAsync("$done | Save-KlingVideo -Destination $out", _server.RequestCount + 1);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.mp4"));
    }

    [Fact]
    public async Task Downstream_that_has_enough_ends_what_is_in_flight()
    {
        _server.Inject(Fault.HangBeforeService().On(
            "GET", ((PSObject)_shell.Get("open")!).Properties["TaskId"].Value.ToString()!).Always());
        Stopwatch clock = Stopwatch.StartNew();
        Result result = _shell.Run(
            "$n = 0; foreach ($i in 1) { $open, $done | Wait-KlingTask -TimeoutSec -1 | ForEach-Object { $n++; break } "
                + "}; $n");
        Assert.Null(result.Thrown);
        Assert.Equal(1, result.Output.Single().BaseObject);
        await NothingGoesOnAsync(clock);
    }

    [Fact]
    public async Task Downstream_that_throws_ends_what_is_in_flight()
    {
        _server.Inject(Fault.HangBeforeService().On(
            "GET", ((PSObject)_shell.Get("open")!).Properties["TaskId"].Value.ToString()!).Always());
        Stopwatch clock = Stopwatch.StartNew();
        Result result = _shell.Run("$open, $done | Wait-KlingTask -TimeoutSec -1 | ForEach-Object { throw 'enough' }");
        Assert.Equal("enough", result.Thrown!.Message);
        await NothingGoesOnAsync(clock);
    }

    [Fact]
    public async Task Upstream_that_throws_ends_what_is_in_flight()
    {
        _server.Inject(Fault.HangBeforeService().On("GET").Always());
        Stopwatch clock = Stopwatch.StartNew();
        _shell.Set("server", _server);
        _shell.Set("seen", _server.RequestCount + 1);
        Result result = _shell.Run(
            "& { $open; $server.WaitForRequestsAsync($seen, [Threading.CancellationToken]::None).Wait(); throw "
                + "'upstream' } | Wait-KlingTask -TimeoutSec -1");
        Assert.Equal("upstream", result.Thrown!.Message);
        await NothingGoesOnAsync(clock);
    }

    private async Task StopAsync(string script, int requests)
    {
        using PowerShell shell = _shell.Script(script);
        IAsyncResult running = shell.BeginInvoke();
        await _server.WaitForRequestsAsync(requests, Token);
        Stopwatch clock = Stopwatch.StartNew();
        await shell.StopAsync(null, null);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        await NothingGoesOnAsync(clock);
    }

    private async Task NothingGoesOnAsync(Stopwatch clock)
    {
        Assert.True(clock.Elapsed < Prompt, $"The prompt came back after {clock.Elapsed}.");
        int requests = _server.RequestCount;
        // Whatever still ran would have to send within its shortest pause;
        // a command of another runspace passes the time.
        using Shell other = Shell.OnSandbox(0.5);
        other.Run("New-KlingVideo 'D' | Wait-KlingTask").Clean();
        await Task.Yield();
        Assert.Equal(requests, _server.RequestCount);
    }

    private void Remember(object? sender, UnobservedTaskExceptionEventArgs args) => _unobserved.Add(args.Exception);
}

/// <summary>Tests that watch the whole process do not run beside others.</summary>
[CollectionDefinition(nameof(Unobserved), DisableParallelization = true)]
public sealed class Unobserved;
