using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests;

/// <summary>What a person sees while nothing is sent: each wait of more than a second has a line and a bar.</summary>
public sealed class PauseTests : IAsyncLifetime
{
    private const string TooFast = """{"code":1302,"message":"too fast","request_id":"r"}""";

    private static readonly Dictionary<string, string> TwoSeconds = new() { ["Retry-After"] = "2" };
    private static readonly Dictionary<string, string> AYear = new() { ["Retry-After"] = "31536000" };

    private KlingTestServer _server = null!;
    private Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await KlingTestServer.StartAsync(settings => settings.TaskDuration = TimeSpan.Zero);
        _shell = Shell.On(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        await _server.DisposeAsync();
    }

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
        AssertShown(result, "Waiting before the next request", "more requests wait");
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
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
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
