using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>Runs one cell: a server of its own, a connection of its own, a finished task, the fault, the cmdlet.</summary>
internal sealed class FaultRun(FaultCell cell, Shell shell) : IAsyncDisposable
{
    // Far more than any cell takes: a pause gone wrong is seen instead of sat out.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MomentOfOwnTask = TimeSpan.FromSeconds(2);

    private const string Connecting =
        $"Connect-Kling -ApiKey '{Answers.Key}' -BaseUri $base -MaxRequestsPerSec 0 -MaxRetryCount 1";

    private const string Connect = $"{Connecting} -RequestTimeoutSec $timeout";

    private const string Beginning =
        $"{Connecting}; $task = New-KlingVideo 'A' -Model kling-v1-6 | Get-KlingTask; $video = $task.Videos[0]";

    // The same file, at an address where it cannot be had.
    private const string Elsewhere = $$"""
        {{Connect}}
        $url = [uri]::new($root, $video.Url.PathAndQuery)
        $video = [pscustomobject]@{ VideoId = $video.VideoId; TaskId = $video.TaskId; Kind = $video.Kind; Url = $url }
        """;

    private readonly FaultRow _row = cell.Row;
    private readonly TempFolder _folder = new();
    private KlingTestServer? _started;
    private KlingTestServer? _other;
    private FaultyEndpoint? _end;

    private KlingTestServer Server => _started ?? throw new InvalidOperationException("There is no server yet.");

    internal async Task<Observation> RunAsync()
    {
        await StartAsync();
        await SetUpAsync();
        int createdBefore = Server.CreatedCount;
        int before = Server.RequestCount;
        Inject();
        Result result = await shell.RunAsync(cell.Column.Script, Limit);
        ReceivedRequest[] sent = [.. Server.Requests.Skip(before).Where(cell.Column.Sends)];
        return new FaultVerdict(cell, result)
        {
            Sent = sent,
            Created = Server.CreatedCount - createdBefore,
            All = [.. Server.Requests.Skip(before)],
            Files = [.. Directory.GetFiles(_folder.Path).Select(file => Path.GetFileName(file))],
            Elsewhere = _other?.Requests ?? [],
            IsBelowHttp = _end is not null,
        }.Observe();
    }

    public async ValueTask DisposeAsync()
    {
        await (_started?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_other?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_end?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _started = await KlingTestServer.StartAsync(settings =>
        {
            settings.Time = new ShiftedTime(_row.ClockAhead);
            // The parent is finished at once; the task after it takes its moment.
            settings.DurationOf = number => number == 1 && _row.IsOwnTask ? MomentOfOwnTask : TimeSpan.Zero;
        });
        if (_row.NeedsOtherHost)
        {
            _other = await KlingTestServer.StartAsync();
            _other.Inject(Fault.Respond(200, "a video", Answers.Header("Content-Type", "video/mp4")).Always());
        }

        _end = _row.End is null ? null : await _row.End();
    }

    private async Task SetUpAsync()
    {
        shell.Set("out", _folder.Path);
        shell.Set("waitSec", _row.WaitSec);
        shell.Set("queueSec", _row.QueueSec);
        shell.Set("base", Server.BaseUri);
        shell.Set("timeout", _row.RequestTimeoutSec);
        await PrepareAsync(Beginning);
        // The task is made over the connection that is tested: a kept one is where a client might send again by itself.
        await PrepareAsync(_row.IsOwnTask ? "$asked = (New-KlingVideo 'B' -Model kling-v1-6).TaskId" : "$asked = $task.TaskId");
        if (_row.IsNobodysTask)
        {
            // One that this machine made is believed in for a while.
            shell.Set("asked", "123456789012345678");
        }

        if (_end is not null)
        {
            shell.Set("base", new Uri(_end.Address, "kling/"));
            shell.Set("root", _end.Address);
            await PrepareAsync(Elsewhere);
        }
        else if (_row.RequestTimeoutSec != FaultRow.UsualTimeoutSec)
        {
            await PrepareAsync(Connect);
        }
    }

    private async Task PrepareAsync(string script) => (await shell.RunAsync(script, Limit)).Clean();

    private void Inject()
    {
        Fault? fault = cell.Column.IsDownload && _row.Download is { } download
            ? download
            : _row.Fault?.Invoke(_other?.BaseUri ?? Server.BaseUri);
        if (fault is not null)
        {
            Server.Inject(fault with { Matches = cell.Column.Sends, Times = _row.Times });
        }
    }
}
