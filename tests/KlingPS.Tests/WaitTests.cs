using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task Tasks_are_written_in_the_order_they_finish_not_in_which_they_came()
    {
        double[] seconds = [1.5, 0, 0.1];
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings => settings.DurationOf = number => TimeSpan.FromSeconds(seconds[number]));
        using Shell shell = Shell.On(server);
        Result result = shell.Run("$tasks = 'slow', 'quick', 'quicker' | New-KlingVideo; $slow = $tasks[0].TaskId; $tasks | Wait-KlingTask").Clean();
        Assert.Equal(3, result.Tasks.Count());
        Assert.Equal(shell.Get("slow")!.ToString(), result.Tasks.Last().TaskId);
    }

    [Fact]
    public async Task A_time_over_is_one_error_a_task_and_its_target_goes_on_waiting()
    {
        using Shell shell = Shell.OnSandbox(0.4);
        Result result = shell.Run("""
            $open = 'a', 'b' | New-KlingVideo
            $open | Wait-KlingTask -TimeoutSec 0 -ErrorVariable late -ErrorAction SilentlyContinue
            $late.TargetObject | Wait-KlingTask
            """);
        Assert.Equal(2, result.Clean().Tasks.Count(task => task.Status == KlingTaskStatus.Succeed));
        Assert.Equal(2, shell.Run("$late").Output.Count);
        ErrorRecord late = Assert.IsType<ErrorRecord>(shell.Run("$late[0]").Output.Single().BaseObject);
        Assert.Equal("WaitTimeout,KlingPS.Commands.WaitKlingTaskCommand", late.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, late.CategoryInfo.Category);
        await Task.CompletedTask;
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
    public void An_id_without_a_kind_is_asked_for_as_the_session_knows_it()
    {
        using Shell shell = Shell.OnSandbox();
        Assert.Equal(KlingTaskKind.TextToVideo, shell.Run("$t = New-KlingVideo 'a'; Wait-KlingTask $t.TaskId").Clean().Task.Kind);
        Assert.Equal(KlingTaskKind.TextToVideo, shell.Run("$t.TaskId | Get-KlingTask").Clean().Task.Kind);
    }

    [Fact]
    public void The_bar_counts_by_state_and_is_cleared_at_the_end()
    {
        using Shell shell = Shell.OnSandbox(0.5);
        Result result = shell.Run("1..3 | ForEach-Object { New-KlingVideo \"$_\" } | Wait-KlingTask").Clean();
        Assert.Contains(result.Progress, record => record.Activity == "Waiting for 3 Kling tasks" && record.StatusDescription.Contains("3 ", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public void The_bar_is_cleared_when_an_error_stops_the_command()
    {
        using Shell shell = Shell.OnSandbox();
        Result result = shell.Run("try { New-KlingVideo 'x [sandbox:fail]' | Wait-KlingTask -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }").Clean();
        Assert.StartsWith("TaskFailed,", result.Output.Single().ToString(), StringComparison.Ordinal);
        Assert.True(result.Progress.Count == 0 || result.Progress[^1].RecordType == ProgressRecordType.Completed);
    }

    [Fact]
    public void The_one_liner_streams_a_set_through_every_stage()
    {
        using TempFolder folder = new();
        using Shell shell = Shell.OnSandbox(0.2);
        shell.Set("out", folder.Path);
        Result result = shell.Run("""
            1..5 | ForEach-Object { "Harbour $_" } | New-KlingVideo -Model kling-v1-6 |
              Wait-KlingTask | New-KlingExtension -Prompt 'The sun breaks through' |
              Wait-KlingTask | Save-KlingVideo -Destination $out
            """).Clean();
        Assert.Equal(5, result.Output.Count);
        Assert.Equal(5, Directory.GetFiles(folder.Path, "*.mp4").Length);
        Assert.Equal(5, Directory.GetFiles(folder.Path).Length);
    }
}
