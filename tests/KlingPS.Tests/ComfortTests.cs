namespace KlingPS.Tests;

public sealed class ComfortTests
{
    [Fact]
    public void A_task_is_shown_as_a_table_of_what_matters()
    {
        CaptureHost host = new();
        using Shell shell = Shell.OnSandbox(host: host);
        shell.Run("New-KlingVideo 'x' -Model kling-v1-6 | Wait-KlingTask | Out-Default").Clean();
        foreach (string part in new[] { "TaskId", "Kind", "Status", "Age", "VideoId", "Duration", "TextToVideo", "Succeed", "5.0 s" })
        {
            Assert.Contains(part, host.Screen.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tasks_sort_by_creation_and_name_themselves_in_a_string()
    {
        using Shell shell = Shell.OnSandbox();
        Result result = shell.Run("$a = New-KlingVideo 'a'; $b = New-KlingVideo 'b'; \"$a\" -eq $a.TaskId; $a.CompareTo($b) -le 0").Clean();
        Assert.Equal([true, true], result.Output.Select(item => (bool)item.BaseObject));
    }

    [Fact]
    public void A_snapshot_that_was_written_never_changes()
    {
        using Shell shell = Shell.OnSandbox(0.2);
        Result result = shell.Run("$t = New-KlingVideo 'a'; $done = $t | Wait-KlingTask; \"$($t.Status) $($t.PollCount) $($done.Status)\"; try { $t.Status = 'Failed' } catch { 'fixed' }");
        Assert.Equal(["Submitted 0 Succeed", "fixed"], result.Output.Select(item => item.ToString()));
    }

    [Fact]
    public void The_errors_are_a_help_topic()
    {
        using Shell shell = new();
        string text = string.Join('\n', shell.Run("Get-Help about_KlingPS_Errors").Clean().Output);
        Assert.Contains("SubmissionUnknown", text, StringComparison.Ordinal);
    }
}
