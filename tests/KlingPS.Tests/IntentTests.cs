using KlingPS.Requests;

namespace KlingPS.Tests;

/// <summary>However a command ends, each payment is in its output, an error, a warning, or told next time.</summary>
[Collection(nameof(Unobserved))]
public sealed class IntentTests : ShellTest
{
    private readonly TaskCompletionSource _answer = new();

    private protected override bool HasOwnJournal => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Set("server", _server);
    }

    public override async ValueTask DisposeAsync()
    {
        _answer.TrySetResult();
        SubmitOptions.GracePeriod = TimeSpan.FromSeconds(5);
        await base.DisposeAsync();
    }

    [Fact]
    public void Under_ErrorAction_Stop_every_unknown_payment_of_four_in_flight_is_told()
    {
        _server.Inject(Fault.RespondAfterService(500).On("POST").Always());

        Result result = _shell.Run("'a', 'b', 'c', 'd' | New-KlingVideo -ThrottleLimit 4 -ErrorAction Stop");

        Assert.StartsWith("SubmissionUnknown,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(_server.CreatedCount, 1 + result.Warnings.Count);
        Assert.Empty(Connect().Warnings);
        Assert.Equal(_server.CreatedCount, _shell.Run("Get-KlingIntent | Where-Object IsTold").Clean().Output.Count);
    }

    [Fact]
    public async Task Under_ErrorAction_Stop_an_error_waits_for_what_is_on_the_wire_and_the_task_is_written_first()
    {
        _server.Inject(Fault.HoldAnswer(_answer.Task).On("POST"));
        _server.Inject(Fault.RespondAfterService(500).On("POST"));
        Task<Result> running = _shell.RunAsync(
            "'a', 'b' | New-KlingVideo -ThrottleLimit 2 -ErrorAction Stop", TimeSpan.FromMinutes(1));
        await _server.WaitForRequestsAsync(2, Token);
        _answer.SetResult();

        Result result = await running;

        Assert.StartsWith("SubmissionUnknown,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        // An assignment would have lost it: it is named once more.
        Assert.Contains(result.Task.TaskId, Assert.Single(Connect().Warnings), StringComparison.Ordinal);
        Assert.Empty(Connect().Warnings);
    }

    [Fact]
    public async Task Under_ErrorAction_Stop_what_stays_on_the_wire_is_cut_and_named()
    {
        SubmitOptions.GracePeriod = TimeSpan.FromSeconds(0.1);
        _server.Inject(Fault.HangAfterService().On("POST"));
        _server.Inject(Fault.RespondAfterService(500).On("POST"));

        Result result = await _shell.RunAsync(
            "'a', 'b' | New-KlingVideo -ThrottleLimit 2 -ErrorAction Stop", TimeSpan.FromMinutes(1));

        Assert.StartsWith("SubmissionUnknown,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("outcome unknown", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, _shell.Run("Get-KlingIntent").Clean().Output.Count);
    }

    [Fact]
    public void Equal_rows_of_one_table_are_not_sent_again_once_the_first_is_unknown()
    {
        _server.Inject(Fault.RespondAfterService(500).On("POST").Always());

        Result result = _shell.Run("'a', 'a', 'a' | New-KlingVideo");

        Assert.Equal(["SubmissionUnknown", "MayBePaidAlready", "MayBePaidAlready"], result.ErrorIds);
        Assert.Equal(1, _server.CreatedCount);
    }

    [Fact]
    public void A_list_of_last_tasks_that_cannot_be_queried_tells_nobody()
    {
        Lose(created: "1");
        _server.Inject(Fault.Respond(401).On("GET").Always());

        _shell.Run("Get-KlingTask -Last 5 -ErrorAction SilentlyContinue");

        Assert.Contains("task 1", Assert.Single(Connect().Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_begins_with_Get_KlingIntent_is_told_too()
    {
        Lose();
        Environment.SetEnvironmentVariable("COMETAPI_KEY", "sk-0123456789abcdefWXYZ");
        Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", _server.BaseUri.AbsoluteUri);
        try
        {
            using Shell shell = new();
            Assert.Single(shell.Run("Get-KlingIntent").Clean().Warnings);
        }
        finally
        {
            Environment.SetEnvironmentVariable("COMETAPI_KEY", null);
            Environment.SetEnvironmentVariable("COMETAPI_BASE_URL", null);
        }
    }

    [Fact]
    public async Task Downstream_that_has_enough_is_told_what_was_on_the_wire()
    {
        _server.Inject(
            Fault.HoldAnswer(_answer.Task).On("POST")
                .Always() with { Matches = request => request.Body.Contains("held", StringComparison.Ordinal) });
        Task<Result> running = _shell.RunAsync(
            "foreach ($once in 1) { & { 'held 1'; 'held 2'; 'held 3'; $server.WaitForRequestsAsync(3, "
                + "[Threading.CancellationToken]::None).Wait(); 'quick' } "
                + "| New-KlingVideo -ThrottleLimit 4 | ForEach-Object { $_; break } }",
            TimeSpan.FromMinutes(1));
        await _server.WaitForRequestsAsync(4, Token);
        _answer.SetResult();

        Result result = await running;

        KlingTask written = result.Clean().Task;
        string warning = Assert.Single(result.Warnings);
        string[] created = [.. _server.Service.Created.Select(task => task.TaskId).Where(id => id != written.TaskId)];
        Assert.Equal(3, created.Length);
        Assert.All(created, id => Assert.Contains(id, warning, StringComparison.Ordinal));
        Assert.Empty(Connect().Warnings);
    }

    [Theory]
    [InlineData(
        "& { 'held'; $server.WaitForRequestsAsync(1, [Threading.CancellationToken]::None).Wait(); 'quick' } | "
            + "New-KlingVideo -ThrottleLimit 2 | ForEach-Object { throw 'downstream' }")]
    [InlineData(
        "& { 'held'; 'quick'; $server.WaitForRequestsAsync(2, [Threading.CancellationToken]::None).Wait(); throw "
            + "'upstream' } | New-KlingVideo -ThrottleLimit 3")]
    [InlineData(
        "& { 'held'; 'quick'; $server.WaitForRequestsAsync(2, [Threading.CancellationToken]::None).Wait(); "
            + "[pscustomobject]@{ x = 1 } } | New-KlingVideo -ThrottleLimit 3 -ErrorAction Stop")]
    [InlineData(
        "& { 'held'; 'quick'; $server.WaitForRequestsAsync(2, [Threading.CancellationToken]::None).Wait(); 'x' * 600 } "
            + "| New-KlingVideo -ThrottleLimit 3 -WarningAction Stop")]
    public async Task A_pipeline_that_throws_is_told_what_was_on_the_wire(string script)
    {
        CaptureHost host = new();
        using Shell shell = Shell.On(_server, host: host);
        shell.Set("server", _server);
        _server.Inject(
            Fault.HoldAnswer(_answer.Task).On("POST")
                .Always() with { Matches = request => request.Body.Contains("held", StringComparison.Ordinal) });
        Task<Result> running = shell.RunAsync(script, TimeSpan.FromMinutes(1));
        await _server.WaitForRequestsAsync(2, Token);
        _answer.SetResult();

        Result result = await running;

        Assert.NotNull(result.Thrown);
        string said = string.Join("\n", [.. result.Warnings, host.Screen.Text]);
        // What only the screen of the host could show, the next session names too.
        string told = string.Join("\n", [.. result.Warnings, .. Connect().Warnings]);
        HashSet<string> written = [.. result.Output.Select(item => item.BaseObject).OfType<KlingTask>().Select(
            task => task.TaskId)];
        foreach (string id in _server.Service.Created.Select(task => task.TaskId).Where(id => !written.Contains(id)))
        {
            Assert.Contains(id, said, StringComparison.Ordinal);
            Assert.Contains(id, told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ctrl_C_at_throttle_4_leaves_nothing_that_the_next_session_does_not_name()
    {
        _server.Inject(
            Fault.HangAfterService().On("POST")
                .Always() with { Matches = request => request.Body.Contains("held", StringComparison.Ordinal) });
        await StopAsync("'a', 'held 1', 'held 2', 'b' | New-KlingVideo -ThrottleLimit 4", requests: 4);

        string warning = Assert.Single(Connect().Warnings);
        // The two that are not held back may have had their answer, and are told all the same.
        Assert.Equal(4, warning.Split("; intent ").Length - 1);
        Assert.InRange(warning.Split("outcome unknown").Length - 1, 2, 4);
        Assert.Empty(Connect().Warnings);
    }

    [Fact]
    public async Task The_line_that_Ctrl_C_stopped_is_not_sent_again_without_Force()
    {
        _server.Inject(Fault.HangAfterService().On("POST"));
        await StopAsync("New-KlingVideo 'a harbour'", requests: 1);

        Result again = _shell.Run("New-KlingVideo 'a harbour'");
        Assert.Equal(["MayBePaidAlready"], again.ErrorIds);
        Assert.Equal(SubmissionOutcome.NotSent, Assert.IsType<KlingException>(again.Errors[0].Exception).Submission);
        Assert.Contains("Get-KlingIntent", Assert.Single(again.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, _server.CreatedCount);
        _shell.Run("New-KlingVideo 'another harbour'").Clean();
        _shell.Run("New-KlingVideo 'a harbour' -Force").Clean();
        Assert.Equal(3, _server.CreatedCount);
    }

    [Fact]
    public void An_unknown_submission_is_found_by_its_external_id_and_one_without_is_not()
    {
        _server.Inject(Fault.ResetAfterService().On("POST"));
        _server.Inject(Fault.ResetAfterService().On("POST"));
        Assert.Equal(["SubmissionUnknown"], _shell.Run("New-KlingVideo 'a' -ExternalTaskId mine-1").ErrorIds);
        Assert.Equal(["SubmissionUnknown"], _shell.Run("New-KlingVideo 'b'").ErrorIds);
        Result listed = _shell.Run("Get-KlingIntent").Clean();
        Assert.All(listed.Output, item => Assert.Equal(
            (KlingIntentState.Unknown, true, true, "SubmissionUnknown"),
            item.BaseObject is KlingIntent intent
                ? (intent.State, intent.IsThisAccount, intent.IsTold, intent.ErrorId)
                : default));

        Result resolved = _shell.Run("Get-KlingIntent | Resolve-KlingIntent");

        Assert.Equal("mine-1", resolved.Task.ExternalTaskId);
        Assert.Equal(["IntentUnresolved"], resolved.ErrorIds);
        Assert.Equal(resolved.Task.TaskId, _shell.Run("Get-KlingTask -Last 5").Clean().Task.TaskId);
        Assert.Single(_shell.Run("Get-KlingIntent").Clean().Output);
        _shell.Run("Clear-KlingIntent -WhatIf").Clean();
        Assert.Single(_shell.Run("Get-KlingIntent").Clean().Output);
        _shell.Run("(Get-KlingIntent).IntentId | ForEach-Object { Clear-KlingIntent $_ }").Clean();
        Assert.Empty(_shell.Run("Get-KlingIntent").Clean().Output);
        Assert.Equal(2, _server.CreatedCount);
    }

    [Fact]
    public void Intents_of_another_account_are_listed_and_left_alone()
    {
        _server.Inject(Fault.ResetAfterService().On("POST"));
        _shell.Run("New-KlingVideo 'a' -ExternalTaskId mine-1");
        _shell.Run("Connect-Kling -ApiKey 'sk-another-key-of-the-user' -BaseUri $BaseUri").Clean();

        Assert.False(((KlingIntent)_shell.Run("Get-KlingIntent").Clean().Output.Single().BaseObject).IsThisAccount);
        Assert.Empty(_shell.Run("Resolve-KlingIntent; Clear-KlingIntent").Clean().Output);
        Assert.Equal(["IntentUnresolved"], _shell.Run("Get-KlingIntent | Resolve-KlingIntent").ErrorIds);
        Assert.Single(_shell.Run("Get-KlingIntent").Clean().Output);
    }

    [Fact]
    public async Task Intents_in_flight_are_neither_resolved_nor_cleared()
    {
        _server.Inject(Fault.HoldAnswer(_answer.Task).On("POST"));
        Task<Result> running = _shell.RunAsync("New-KlingVideo 'a' -ExternalTaskId mine-1", TimeSpan.FromMinutes(1));
        await _server.WaitForRequestsAsync(1, Token);
        using Shell other = Shell.On(_server);

        Assert.Equal(
            KlingIntentState.InFlight,
            ((KlingIntent)other.Run("Get-KlingIntent").Clean().Output.Single().BaseObject).State);
        Assert.Empty(
            other.Run("Get-KlingIntent | Resolve-KlingIntent; Get-KlingIntent | Clear-KlingIntent; Clear-KlingIntent")
                .Clean().Output);
        Assert.Single(other.Run("Get-KlingIntent").Clean().Output);
        _answer.SetResult();
        Assert.Equal("mine-1", (await running).Clean().Task.ExternalTaskId);
        Assert.Empty(other.Run("Get-KlingIntent").Clean().Output);
    }

    [Fact]
    public void A_payment_told_only_in_an_ignored_stream_stays_untold()
    {
        Lose();
        Assert.Empty(
            _shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -WarningAction Ignore")
                .Clean().Warnings);

        Assert.Single(Connect().Warnings);
        Assert.Empty(Connect().Warnings);
    }

    [Fact]
    public void Each_warning_names_the_next_twenty_untold_payments()
    {
        for (int i = 0; i < 25; i++)
        {
            Lose($"{i}");
        }

        Assert.Contains("and 5 more", Assert.Single(Connect().Warnings), StringComparison.Ordinal);
        Assert.Equal(5, Assert.Single(Connect().Warnings).Split("outcome unknown").Length - 1);
        Assert.Empty(Connect().Warnings);
    }

    [Fact]
    public async Task Tasks_of_a_pipeline_that_was_stopped_while_it_waited_are_told_by_Get_KlingTask_Last()
    {
        _server.Inject(Fault.HangBeforeService().On("GET") with { Times = 2 });
        await StopAsync("'a', 'b' | New-KlingVideo | Wait-KlingTask", requests: 4);

        Assert.Equal(2, _shell.Run("Get-KlingTask -Last 5").Clean().Output.Count);
        Assert.Empty(Connect().Warnings);
    }

    [Fact]
    public async Task Ctrl_C_comes_back_at_once_although_another_process_holds_the_journal()
    {
        _server.Inject(Fault.HangAfterService().On("POST"));
        string held = Path.Combine(_state.Path, "KlingPS", "journal.jsonl.lock");
        await StopAsync(
            "New-KlingVideo 'a'",
            requests: 1,
            () => new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None));

        Assert.Contains("outcome unknown", Assert.Single(Connect().Warnings), StringComparison.Ordinal);
        Assert.Equal(["MayBePaidAlready"], _shell.Run("New-KlingVideo 'a'").ErrorIds);
    }

    // As Ctrl+C does it, once so many requests have arrived.
    private async Task StopAsync(string script, int requests, Func<IDisposable>? hold = null)
    {
        using PowerShell running = _shell.Script(script);
        IAsyncResult begun = running.BeginInvoke();
        await _server.WaitForRequestsAsync(requests, Token);
        using (hold?.Invoke())
        {
            await running.StopAsync(null, null).WaitAsync(TimeSpan.FromSeconds(10), Token);
        }

        Assert.Throws<PipelineStoppedException>(() => running.EndInvoke(begun));
    }

    private Result Connect() =>
        _shell.Run("Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0").Clean();

    // As a killed process leaves it: nobody has been told, and the command never ended.
    private void Lose(string prompt = "a", string? created = null)
    {
        Journal.TaskJournal journal = Journal.JournalLocation.Open();
        using ApiKey key = new(
            "sk-0123456789abcdefWXYZ", "a test");
        Journal.JournalEntry intent = journal.RecordIntentAsync(
            new VideoRequest { Prompt = prompt }, _server.BaseUri.Authority, new Journal.AccountFingerprint(key),
            "gone", false, Token).GetAwaiter().GetResult();
        if (created is not null)
        {
            journal.RecordOutcomeAsync(
                intent, Journal.JournalEvent.Created, created, cancellationToken: Token).GetAwaiter().GetResult();
        }
    }
}
