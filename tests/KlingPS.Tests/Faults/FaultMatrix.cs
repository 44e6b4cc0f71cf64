using System.Collections.Concurrent;
using System.Diagnostics;

namespace KlingPS.Tests.Faults;

/// <summary>The whole table, run once: most of a cell's time is a pause, so many run side by side.</summary>
public class FaultMatrix : IAsyncLifetime
{
    private const int AtOnce = 40;

    private readonly ConcurrentDictionary<(string Fault, string Cmdlet), Observation> _observed = [];
    private readonly ConcurrentDictionary<(string Fault, string Cmdlet), Exception> _failed = [];
    private readonly ConcurrentBag<Shell> _shells = [];

    internal TimeSpan Took { get; private set; }

    private protected virtual IReadOnlyList<FaultCell> All => FaultTable.Cells;

    /// <summary>What the cell came to.</summary>
    internal Observation Observed((string Fault, string Cmdlet) cell) =>
        _observed.TryGetValue(cell, out Observation? observation)
            ? observation
            : throw new InvalidOperationException($"The cell {cell} did not run.", _failed.GetValueOrDefault(cell));

    public async ValueTask InitializeAsync()
    {
        Stopwatch clock = Stopwatch.StartNew();
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnce };
        // The longest first, so that none is left to run alone at the end.
        IEnumerable<FaultCell> cells = All.OrderByDescending(cell => cell.Row.WaitSec);
        await Task.Run(() => Parallel.ForEachAsync(cells, options, async (cell, _) => await RunAsync(cell)));
        Took = clock.Elapsed;
    }

    public ValueTask DisposeAsync()
    {
        foreach (Shell shell in _shells)
        {
            shell.Dispose();
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs one cell by itself.</summary>
    internal async Task<Observation> RunAloneAsync(FaultCell cell)
    {
        if (!_shells.TryTake(out Shell? shell))
        {
            shell = new Shell();
        }

        try
        {
            await using FaultRun run = new(cell, shell);
            return await run.RunAsync();
        }
        finally
        {
            // Each cell connects anew, so a runspace is as good as new.
            _shells.Add(shell);
        }
    }

    private async Task RunAsync(FaultCell cell)
    {
        try
        {
            _observed[cell.Name] = await RunAloneAsync(cell);
        }
#pragma warning disable CA1031 // Whatever it is, it is the failure of that cell's test.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failed[cell.Name] = e;
        }
    }
}

/// <summary>The same at Kling's own API.</summary>
public sealed class KlingFaultMatrix : FaultMatrix
{
    private protected override IReadOnlyList<FaultCell> All => FaultTable.CellsOfKling;
}

/// <summary>Runs one cell: its own server, connection and finished task, then the fault and the cmdlet.</summary>
internal sealed class FaultRun(FaultCell cell, Shell shell) : IAsyncDisposable
{
    // Far more than any cell takes: a pause gone wrong is seen instead of sat out.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MomentOfOwnTask = TimeSpan.FromSeconds(2);

    // Kling has ended the models whose videos can be extended: there the parent has been made before.
    private const string Beginning = """
        $task = if ($made) { Get-KlingTask $made -Kind TextToVideo }
            else { New-KlingVideo 'A' -Model $model | Get-KlingTask }
        $video = $task.Videos[0]
        """;

    // The same file, at an address where it cannot be had.
    private const string Elsewhere = """
        $url = [uri]::new($root, $video.Url.PathAndQuery)
        $video = [pscustomobject]@{ VideoId = $video.VideoId; TaskId = $video.TaskId; Kind = $video.Kind; Url = $url }
        """;

    private readonly FaultRow _row = cell.Row;
    private readonly TempFolder _folder = new();
    private KlingTestServer? _started;
    private KlingTestServer? _other;
    private FaultyEndpoint? _end;

    private string Connecting =>
        $"Connect-Kling {Server.Credentials} -BaseUri $base -MaxRequestsPerSec 0 -MaxRetryCount 1";

    private string Connect => $"{Connecting} -RequestTimeoutSec $timeout";

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
            if (cell.IsOfKling)
            {
                settings.PlayKling();
            }

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
        // Ports are used again, and another cell's request may be unsettled in the journal.
        shell.Set("run", Guid.NewGuid());
        shell.Set("model", cell.IsOfKling ? "kling-v3" : "kling-v1-6");
        shell.Set("made", cell.IsOfKling
            ? Server.Service.Make(
                KlingTaskKind.TextToVideo, """{"prompt":"A","model_name":"kling-v1-6"}"""u8.ToArray()).TaskId
            : null);
        await PrepareAsync($"{Connecting}; {Beginning}");
        // The task is made over the connection that is tested: a kept one is where a client might send again by itself.
        await PrepareAsync(
            _row.IsOwnTask ? "$asked = (New-KlingVideo 'B' -Model $model).TaskId" : "$asked = $task.TaskId");
        if (_row.IsNobodysTask)
        {
            // One that this machine made is believed in for a while.
            shell.Set("asked", "123456789012345678");
        }

        if (_end is not null)
        {
            shell.Set("base", cell.IsOfKling ? _end.Address : new Uri(_end.Address, "kling/"));
            shell.Set("root", _end.Address);
            await PrepareAsync($"{Connect}\n{Elsewhere}");
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

/// <summary>What a cell came to, and what no cell may have whatever it came to.</summary>
internal sealed class FaultVerdict(FaultCell cell, Result result)
{
    // A timer may be early by its tick.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.02);

    private readonly List<string> _objections = [];

    /// <summary>The cmdlet's own requests.</summary>
    internal required IReadOnlyList<ReceivedRequest> Sent { get; init; }

    /// <summary>Those, and what it asked for a fresh address.</summary>
    internal required IReadOnlyList<ReceivedRequest> All { get; init; }

    /// <summary>What arrived at another host.</summary>
    internal required IReadOnlyList<ReceivedRequest> Elsewhere { get; init; }

    internal required int Created { get; init; }

    /// <summary>The names of what is in the folder that the cmdlet saves to.</summary>
    internal required IReadOnlyList<string> Files { get; init; }

    /// <summary>The server sees nothing: the attempts are those that -Verbose shows.</summary>
    internal required bool IsBelowHttp { get; init; }

    internal Observation Observe()
    {
        int shown = result.Verbose.Count(cell.Column.IsAbout);
        int attempts = IsBelowHttp ? shown : Sent.Count;
        Object(attempts == 0, "It sent nothing.");
        Object(attempts != shown, $"{attempts} requests arrived and -Verbose shows {shown}.");
        Object(result.Thrown is not null, $"It ended the command: {result.Thrown?.Message}");
        Object(
            result.Errors.Count + result.Output.Count != 1,
            $"One in made {result.Output.Count} objects and {result.Errors.Count} errors.");
        CheckPauses();
        CheckHeaders();
        CheckFiles();
        CheckSecrets();
        ErrorRecord? error = result.Errors.FirstOrDefault();
        KlingException? exception = error?.Exception as KlingException;
        Object(error is not null && exception is null, $"The error is a {error?.Exception.GetType()}.");
        Object(
            error is not null && string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction),
            "The error says not what to do.");
        string id = error is null ? Outcome.NoError : result.ErrorIds[0];
        return new Observation(new Outcome(id, attempts > 1, Created, exception?.Submission), _objections);
    }

    private void Object(bool isWrong, string why)
    {
        if (isWrong)
        {
            _objections.Add(why);
        }
    }

    private void CheckPauses()
    {
        Object(
            Sent.Count < cell.Row.LeastPolls && cell.Column.Cmdlet == "Wait-KlingTask",
            $"It looked {Sent.Count} times only.");
        for (int i = 1; i < Sent.Count; i++)
        {
            TimeSpan pause = Sent[i].ReceivedAt - Sent[i - 1].ReceivedAt;
            Object(
                pause < cell.Row.LeastPause - Tick,
                $"It paused for {pause} where {cell.Row.LeastPause} was asked for.");
        }
    }

    private void CheckHeaders()
    {
        foreach (ReceivedRequest request in All.Concat(Elsewhere))
        {
            bool isApi = FaultColumn.IsApi(request.Path);
            Object(
                request.Headers.ContainsKey("Authorization") != isApi,
                $"{request.Path} came with the wrong headers: only the service gets the key.");
            // What is asked for packed would have to be unpacked.
            Object(
                request.Headers.TryGetValue("Accept-Encoding", out string? accepted) && accepted != "identity",
                $"It takes {accepted}.");
        }

        Object(Elsewhere.Count > 0 && !cell.Column.IsDownload, "It followed a redirect.");
    }

    // A file at its final name is whole, and what is not whole has another name.
    private void CheckFiles()
    {
        bool isSaved = cell.Column.IsDownload && result.Errors.Count == 0;
        Object(
            Files.Any(file => file.EndsWith(".mp4", StringComparison.Ordinal)) != isSaved
                || (isSaved && Files.Count != 1),
            $"It left {Files.Count} files: {string.Join(", ", Files)}.");
    }

    private void CheckSecrets()
    {
        IEnumerable<string?> texts = result.Errors
            .SelectMany(error => new[]
            {
                error.ToString(),
                error.Exception.ToString(),
                error.ErrorDetails?.Message,
                error.ErrorDetails?.RecommendedAction,
                error.CategoryInfo.ToString(),
                error.FullyQualifiedErrorId,
            })
            .Concat(result.Warnings)
            .Concat(result.Verbose)
            .Concat(result.Debug)
            .Concat(result.Progress.Select(record => record.ToString()));
        foreach (string text in texts.OfType<string>())
        {
            bool leaks = text.Contains(Answers.Key, StringComparison.Ordinal)
                || text.Contains(KlingTestServer.AccessKey, StringComparison.Ordinal)
                || text.Contains("eyJhbG", StringComparison.Ordinal)
                || text.Contains(Answers.SecretName, StringComparison.Ordinal);
            Object(leaks, $"It shows a secret: {text}");
        }
    }
}
