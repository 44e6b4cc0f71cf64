namespace KlingPS.Tests;

/// <summary>No more tasks are paid for than a connection, or a day, allows.</summary>
[Collection(nameof(Unobserved))]
public sealed class SpendingTests : ServerTest
{
    private const string Variable = "KLINGPS_MAX_PAID_TASKS_PER_DAY";

    private protected override bool HasOwnJournal => true;

    public override async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("-MaxPaidTasks 10")]
    [InlineData("-MaxPaidTasksPerDay 10")]
    public void A_limit_is_exact_side_by_side_and_with_refusals(string limit)
    {
        for (int i = 0; i < 5; i++)
        {
            _server.Inject(
                Fault.Respond(400, """{"code":1301,"message":"no"}""") with { Matches = IsPaid });
        }

        using Shell shell = Shell.On(_server, limit);
        Result result = shell.Run("1..30 | ForEach-Object { \"p$_\" } | New-KlingVideo -ThrottleLimit 8");

        Assert.Equal((10, 10), (_server.CreatedCount, result.Output.Count));
        Assert.Equal(5, result.ErrorIds.Count(id => id == "ContentRejected"));
        Assert.Equal(15, result.ErrorIds.Count(id => id == "SpendLimitReached"));
        Assert.All(
            result.Errors.Select(error => ((KlingException)error.Exception)).Where(e => e.ErrorId != "ContentRejected"),
            e => Assert.Equal(SubmissionOutcome.NotSent, e.Submission));
    }

    [Fact]
    public void An_unknown_outcome_counts_as_paid()
    {
        _server.Inject(Fault.ResetAfterService() with { Matches = IsPaid });
        using Shell shell = Shell.On(_server, "-MaxPaidTasks 1");

        Assert.Equal(
            ["SubmissionUnknown", "SpendLimitReached"], shell.Run("'a', 'b' | New-KlingVideo").ErrorIds);
    }

    [Fact]
    public void A_task_that_is_there_already_costs_nothing()
    {
        using Shell shell = Shell.On(_server, "-MaxPaidTasksPerDay 1");

        shell.Run("1..3 | ForEach-Object { New-KlingVideo 'a harbour' -Once }").Clean();
        Assert.Equal(1, _server.CreatedCount);
    }

    [Theory]
    [InlineData("2", "", 2)]
    [InlineData("2", "-MaxPaidTasksPerDay 1", 1)]
    [InlineData("1", "-MaxPaidTasksPerDay 2", 1)]
    [InlineData("0", "", 0)]
    [InlineData("many", "", 0)]
    [InlineData("-1", "-MaxPaidTasksPerDay 2", 0)]
    public void The_lower_of_variable_and_parameter_holds_and_what_is_no_number_stops_all(
        string variable,
        string parameter,
        int created)
    {
        using Shell shell = Shell.On(_server, parameter);
        Environment.SetEnvironmentVariable(Variable, variable);
        Result result = shell.Run("'a', 'b', 'c' | New-KlingVideo");

        Assert.Equal(created, _server.CreatedCount);
        Assert.Equal(3 - created, result.ErrorIds.Count(id => id == "SpendLimitReached"));
    }

    private static bool IsPaid(ReceivedRequest request) => request.Method == "POST";
}
