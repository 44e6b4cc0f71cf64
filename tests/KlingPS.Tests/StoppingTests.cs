using System.Diagnostics;
using System.Management.Automation;
using KlingPS.TestServer;

namespace KlingPS.Tests;

/// <summary>Whatever way a pipeline ends, nothing goes on behind the prompt.</summary>
[Collection(nameof(Unobserved))]
public sealed class StoppingTests : IAsyncLifetime
{
    // A stop takes milliseconds; the contract says under a second; a busy machine gets a little more.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(3);

    private readonly List<Exception> _unobserved = [];
    private KlingTestServer _server = null!;
    private Shell _shell = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        TaskScheduler.UnobservedTaskException += Remember;
        _server = await KlingTestServer.StartAsync(settings => settings.DurationOf = number => number == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1));
        _shell = Shell.On(_server);
        _shell.Run("$done = New-KlingVideo 'A' -Model kling-v1-6 | Wait-KlingTask; $open = New-KlingVideo 'B'").Clean();
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        await _server.DisposeAsync();
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
        using TempFolder folder = new();
        _shell.Set("out", folder.Path);
        _server.Inject(Fault.Throttle(100).On("GET", "/videos/").Always());
        await StopAsync("$done | Save-KlingVideo -Destination $out", _server.RequestCount + 1);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.mp4"));
    }

    [Fact]
    public async Task Downstream_that_has_enough_ends_what_is_in_flight()
    {
        _server.Inject(Fault.HangBeforeService().On("GET", ((PSObject)_shell.Get("open")!).Properties["TaskId"].Value.ToString()!).Always());
        Stopwatch clock = Stopwatch.StartNew();
        Result result = _shell.Run("$n = 0; foreach ($i in 1) { $open, $done | Wait-KlingTask -TimeoutSec -1 | ForEach-Object { $n++; break } }; $n");
        Assert.Null(result.Thrown);
        Assert.Equal(1, result.Output.Single().BaseObject);
        await NothingGoesOnAsync(clock);
    }

    [Fact]
    public async Task Downstream_that_throws_ends_what_is_in_flight()
    {
        _server.Inject(Fault.HangBeforeService().On("GET", ((PSObject)_shell.Get("open")!).Properties["TaskId"].Value.ToString()!).Always());
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
        Result result = _shell.Run("& { $open; $server.WaitForRequestsAsync($seen, [Threading.CancellationToken]::None).Wait(); throw 'upstream' } | Wait-KlingTask -TimeoutSec -1");
        Assert.Equal("upstream", result.Thrown!.Message);
        await NothingGoesOnAsync(clock);
    }

    [Fact]
    public async Task ErrorAction_Stop_ends_the_wait_for_the_others()
    {
        _server.Inject(Fault.HangBeforeService().On("GET", ((PSObject)_shell.Get("open")!).Properties["TaskId"].Value.ToString()!).Always());
        Stopwatch clock = Stopwatch.StartNew();
        Result result = _shell.Run("$open.TaskId, '123456789012345678' | Wait-KlingTask -Kind TextToVideo -TimeoutSec -1 -ErrorAction Stop");
        Assert.StartsWith("TaskNotFound,", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
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
        // Whatever still ran would have to send within its shortest pause; a command of another runspace passes the time.
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
