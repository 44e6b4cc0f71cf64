using KlingPS.Journal;

namespace KlingPS.Tests;

/// <summary>What survives the shell. The journal's place belongs to the process, so these tests run alone.</summary>
[Collection(nameof(Unobserved))]
public sealed class JournalTests : ServerTest
{
    private string JournalFile => Path.Combine(_state.Path, "KlingPS", "journal.jsonl");

    private protected override bool HasOwnJournal => true;

    public override async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("KLINGPS_JOURNAL", null);
        await base.DisposeAsync();
    }

    [Fact]
    public void Another_session_gets_the_last_tasks_of_the_account_in_order()
    {
        string[] made;
        using (Shell first = Shell.On(_server))
        {
            made = [.. first.Run("'a', 'b', 'c' | New-KlingVideo").Clean().Tasks.Select(task => task.TaskId)];
        }

        using Shell second = Shell.On(_server);
        Assert.Equal(made[1..], second.Run("Get-KlingTask -Last 2").Clean().Tasks.Select(task => task.TaskId));
        Assert.Equal(
            made,
            second.Run("Get-KlingTask -Last 99 | Wait-KlingTask").Clean().Tasks.Select(task => task.TaskId).Order());
        second.Run("Connect-Kling -ApiKey 'sk-another-key-of-the-user' -BaseUri $BaseUri").Clean();
        Assert.Empty(second.Run("Get-KlingTask -Last 99").Clean().Output);
    }

    [Fact]
    public void WhatIf_leaves_the_journal_as_it_is_and_what_is_untold_untold()
    {
        using Shell shell = Shell.On(_server);
        shell.Run("New-KlingVideo 'a'").Clean();
        string lost = File.ReadAllLines(JournalFile)[0];
        File.WriteAllText(JournalFile, lost + "\n");
        using Shell other = new();
        other.Set("BaseUri", _server.BaseUri);
        Assert.Empty(other.Run(
            "Connect-Kling -ApiKey k -BaseUri $BaseUri -WarningAction Ignore; New-KlingVideo 'b' -WhatIf").Clean()
            .Warnings);
        Assert.Equal(lost + "\n", File.ReadAllText(JournalFile));
    }

    [Fact]
    public void A_new_session_completes_the_ids_that_the_journal_knows_also_before_it_connects()
    {
        string[] made;
        using (Shell first = Shell.On(_server))
        {
            made = [.. first.Run("'a', 'b' | New-KlingVideo").Clean().Tasks.Select(task => task.TaskId)];
        }

        const string complete =
            "[System.Management.Automation.CommandCompletion]::CompleteInput('Wait-KlingTask ', 15, "
                + "$null).CompletionMatches.ForEach({ $_.ListItemText })";
        using Shell second = new();
        string[] offered = [.. second.Run(complete).Clean().Output.Select(item => item.ToString())];
        Assert.Equal(made.Reverse(), offered.Select(text => text.Split(' ')[0]));
        Assert.All(offered, text => Assert.Contains("Submitted TextToVideo", text, StringComparison.Ordinal));
        second.Set("BaseUri", _server.BaseUri);
        second.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri").Clean();
        Assert.Equal(2, second.Run(complete).Clean().Output.Count);
        second.Run("Connect-Kling -ApiKey 'sk-another-key-of-the-user' -BaseUri $BaseUri").Clean();
        Assert.Empty(second.Run(complete).Clean().Output);
    }

    [Fact]
    public void The_kind_of_an_id_is_what_the_journal_recorded()
    {
        string id;
        using (Shell first = Shell.On(_server))
        {
            id = first.Run("New-KlingVideo 'a' -ExternalTaskId mine-1").Clean().Task.TaskId;
        }

        using Shell second = Shell.On(_server);
        Assert.Equal(KlingTaskKind.TextToVideo, second.Run($"Get-KlingTask {id}").Clean().Task.Kind);
        Assert.Equal(id, second.Run("'mine-1' | Wait-KlingTask").Clean().Task.TaskId);
    }

    [Fact]
    public void A_parent_of_another_key_is_warned_of_before_anything_is_asked_or_sent()
    {
        using Shell shell = Shell.On(_server);
        shell.Run("$parent = New-KlingVideo 'a' -Model kling-v1-6 | Wait-KlingTask").Clean();
        Assert.Empty(shell.Run("$parent | New-KlingExtension").Clean().Warnings);
        shell.Run("Connect-Kling -ApiKey 'sk-another-key-of-the-user' -BaseUri $BaseUri").Clean();
        Assert.Contains(
            "another key", Assert.Single(shell.Run("$parent | New-KlingExtension -WhatIf").Clean().Warnings),
            StringComparison.Ordinal);
        Assert.Contains(
            "another key",
            Assert.Single(shell.Run("New-KlingExtension $parent.TaskId $parent.VideoId -WhatIf").Clean().Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_never_connects_by_name_is_told_too()
    {
        _server.Inject(Fault.HangBeforeService().On("POST"));
        using (CrashProcess process = new("submit", JournalFile, _server.BaseUri.AbsoluteUri, "1"))
        {
            await _server.WaitForRequestsAsync(1, Token);
            await process.KillAsync(Token);
        }

        Environment.SetEnvironmentVariable("COMETAPI_KEY", "sk-0123456789abcdefWXYZ");
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", _server.BaseUri.AbsoluteUri);
        using Shell shell = new();
        Result first = shell.Run("New-KlingVideo 'a'").Clean();
        Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", null);

        Assert.Contains("Clear-KlingIntent", Assert.Single(first.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_stops_a_paid_call_and_nothing_else()
    {
        Directory.CreateDirectory(JournalFile);
        using Shell shell = Shell.On(_server);
        int before = _server.RequestCount;
        Assert.Equal(["JournalNotWritable"], shell.Run("New-KlingVideo 'a'").ErrorIds);
        Assert.Equal(before, _server.RequestCount);
        Assert.Equal(["TaskNotFound"], shell.Run("Get-KlingTask 1").ErrorIds);
    }

    [Fact]
    public void Switched_off_it_leaves_no_file_and_knows_this_process_only()
    {
        Environment.SetEnvironmentVariable("KLINGPS_JOURNAL", "OFF");
        using Shell shell = Shell.On(_server);
        string id = shell.Run("New-KlingVideo 'a'").Clean().Task.TaskId;
        Assert.Equal(id, shell.Run("Get-KlingTask -Last 5").Clean().Task.TaskId);
        using Shell other = Shell.On(_server);
        Assert.Equal(id, other.Run("Get-KlingTask -Last 5").Clean().Task.TaskId);
        Assert.Empty(Directory.GetFileSystemEntries(_state.Path));
    }
}
