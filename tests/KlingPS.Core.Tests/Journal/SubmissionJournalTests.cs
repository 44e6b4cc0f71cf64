namespace KlingPS.Core.Tests.Journal;

/// <summary>What a paid POST leaves in the journal, whatever becomes of it.</summary>
public sealed class SubmissionJournalTests : JournalTest, IAsyncLifetime
{
    private KlingTestServer _server = null!;
    private KlingConnection _connection = null!;

    private TraceList Trace { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _server = await KlingTestServer.StartAsync();
        ConnectionSettings settings = new() { BaseUri = _server.BaseUri, MaxRequestsPerSec = 0, MaxRetryCount = 1 };
        HurriedTime clock = new();
        _connection = new KlingConnection(
            settings, Given.ApiKey(), clock, journal: new TaskJournal(new FileJournalStore(FilePath, clock), clock));
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _server.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task The_intent_is_on_disk_before_the_service_sees_the_request_and_the_task_before_the_caller()
    {
        TaskCompletionSource answer = new();
        _server.Inject(Fault.HoldAnswer(answer.Task));
        Task<KlingTask> submission = SubmitAsync();
        await _server.WaitForRequestsAsync(1, Token);
        Assert.Equal(["Intent"], Steps());
        answer.SetResult();

        KlingTask task = await submission;

        Assert.Equal(["Intent", "Created"], Steps());
        Assert.Equal(task.TaskId, _connection.Journal.Last(1, _connection.Host, _connection.Account).Single().TaskId);
    }

    [Fact]
    public async Task Every_attempt_has_an_intent_of_its_own_and_an_end()
    {
        _server.Inject(Fault.Respond(429, Bodies.TooFast));

        await SubmitAsync();

        Assert.Equal(["Intent", "Refused RateLimited", "Intent", "Created"], Steps());
    }

    [Fact]
    public async Task What_is_ambiguous_is_unknown()
    {
        _server.Inject(Fault.ResetAfterService());

        await Assert.ThrowsAsync<KlingException>(() => SubmitAsync());

        Assert.Equal(["Intent", "Unknown SubmissionUnknown"], Steps());
    }

    [Fact]
    public async Task A_submission_cancelled_in_flight_is_kept_as_unknown()
    {
        _server.Inject(Fault.HangAfterService());
        using CancellationTokenSource cancelled = new();
        Task<KlingTask> submission = SubmitAsync(cancelled.Token, Given.Extension);
        await _server.WaitForRequestsAsync(1, Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submission);

        Assert.Equal(["Intent", "Unknown Cancelled"], Steps());
        Assert.Equal(Given.Extension.TaskId, Assert.Single(_connection.Journal.Unsettled()).Entry.ParentTaskId);
    }

    [Fact]
    public async Task Without_a_journal_nothing_is_sent()
    {
        Directory.CreateDirectory(FilePath);

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => SubmitAsync());

        Assert.Equal(("JournalNotWritable", 0), (error.ErrorId, _server.RequestCount));
    }

    [Fact]
    public async Task A_journal_that_fails_after_the_answer_loses_no_task()
    {
        TaskCompletionSource answer = new();
        _server.Inject(Fault.HoldAnswer(answer.Task));
        Task<KlingTask> submission = SubmitAsync();
        await _server.WaitForRequestsAsync(1, Token);
        File.Delete(FilePath);
        Directory.CreateDirectory(FilePath);
        answer.SetResult();

        KlingTask task = await submission;

        Assert.Contains(task.TaskId, Assert.Single(Trace.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before the service acts")]
    [InlineData("after it acted")]
    public async Task A_process_killed_between_intent_and_answer_leaves_an_intent(string when)
    {
        _server.Inject(
            when.StartsWith("before", StringComparison.Ordinal) ? Fault.HangBeforeService() : Fault.HangAfterService());
        using CrashProcess process = new("submit", FilePath, _server.BaseUri.AbsoluteUri, "1");
        await _server.WaitForRequestsAsync(1, Token);
        Assert.True(TaskJournal.IsInFlight(Assert.Single(Open().Unsettled())));
        await process.KillAsync(Token);

        JournalEntry lost = Assert.Single(Open().Untold()).Entry;
        Assert.Equal((Given.Extension.TaskId, Given.Extension.VideoId), (lost.ParentTaskId, lost.ParentVideoId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(40)]
    public async Task Wherever_a_process_is_killed_no_task_is_unknown_to_the_journal(int requests)
    {
        using CrashProcess process = new("submit", FilePath, _server.BaseUri.AbsoluteUri, "1000000");
        await _server.WaitForRequestsAsync(requests, Token);
        await process.KillAsync(Token);

        TaskJournal journal = Open();
        int unrecorded = _server.Service.Created.Count(task => journal.Find(task.TaskId) is null);
        Assert.InRange(unrecorded, 0, journal.Unsettled().Length);
        Assert.InRange(journal.Unsettled().Length, 0, 1);
    }

    private Task<KlingTask> SubmitAsync() => SubmitAsync(Token);

    private Task<KlingTask> SubmitAsync(CancellationToken token, SubmitRequest? request = null) =>
        new KlingClient(_connection, Trace).SubmitAsync(request ?? Given.Video, TimeSpan.Zero, token);

    private string[] Steps() => [.. Lines().Select(entry => $"{entry!.Event} {entry.Error}".TrimEnd())];
}
