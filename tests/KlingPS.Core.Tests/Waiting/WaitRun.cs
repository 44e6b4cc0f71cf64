using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Waiting;

/// <summary>One wait on a clock the test moves, with everything it told and when.</summary>
internal sealed class WaitRun : IAsyncDisposable
{
    private readonly KlingConnection _connection;
    private readonly CancellationTokenSource _cancelled = new();
    private Task _loop = Task.CompletedTask;

    internal WaitRun(
        FakeTimeProvider clock,
        HttpMessageHandler handler,
        WaitOptions? options = null,
        Func<ConnectionSettings, ConnectionSettings>? change = null)
    {
        Clock = clock;
        _connection = Given.Connection(handler, clock, settings => Quick(change?.Invoke(settings) ?? settings));
        Client = new KlingClient(_connection);
        Poller = new TaskPoller(_connection, new WarningTrace(Warnings));
        Waiter = new TaskWaiter(
            Poller, options ?? new WaitOptions(), outcome => Told.Add((Now, outcome)),
            progress => Progress.Add((Now, progress)));
    }

    internal FakeTimeProvider Clock { get; }

    internal KlingClient Client { get; }

    internal TaskPoller Poller { get; }

    internal TaskWaiter Waiter { get; }

    internal List<(double At, WaitOutcome Outcome)> Told { get; } = [];

    internal List<(double At, WaitProgress Progress)> Progress { get; } = [];

    internal List<string> Warnings { get; } = [];

    internal double Now => (Clock.GetUtcNow() - Given.Start).TotalSeconds;

    internal bool IsOver => _loop.IsCompleted;

    internal IEnumerable<string> ToldIds => Told.Select(told => told.Outcome.Task.TaskId);

    internal IEnumerable<string?> ToldErrors => Told.Select(told => told.Outcome.Error?.ErrorId);

    /// <summary>Starts the wait; more may be added later unless the set is complete.</summary>
    internal async Task StartAsync(IEnumerable<KlingTask> tasks, bool complete = true)
    {
        foreach (KlingTask task in tasks)
        {
            Waiter.Add(task);
        }

        if (complete)
        {
            Waiter.CompleteAdding();
        }

        _loop = Waiter.RunAsync(_cancelled.Token);
        await SettleAsync();
    }

    internal async Task AddAsync(KlingTask task)
    {
        Waiter.Add(task);
        await SettleAsync();
    }

    internal async Task CompleteAddingAsync()
    {
        Waiter.CompleteAdding();
        await SettleAsync();
    }

    /// <summary>Moves the clock in small steps; after each, everything it set off has happened.</summary>
    internal async Task AdvanceAsync(double seconds, double step = 0.05)
    {
        for (double past = 0; past < seconds - 0.0001 && !IsOver; past += step)
        {
            Clock.Advance(TimeSpan.FromSeconds(step));
            await SettleAsync();
        }
    }

    /// <summary>Moves the clock until the wait is over.</summary>
    internal async Task EndAsync(double limitSeconds = 600, double step = 0.05)
    {
        await AdvanceAsync(limitSeconds, step);
        Assert.True(IsOver, $"The wait is not over after {limitSeconds} s.");
        await _loop;
    }

    /// <summary>Completes when the wait is over without the clock being moved any more.</summary>
    internal Task OverAsync() => _loop.WaitAsync(Token);

    internal async Task CancelAsync()
    {
        await _cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop);
    }

    public async ValueTask DisposeAsync()
    {
        await _cancelled.CancelAsync();
        await _loop.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _connection.Dispose();
        _cancelled.Dispose();
    }

    // Most tests have tasks of seconds, as the sandbox has.
    private static ConnectionSettings Quick(ConnectionSettings settings) =>
        settings with { ExpectedDuration = settings.ExpectedDuration ?? TimeSpan.FromSeconds(2) };

    private async Task SettleAsync()
    {
        while (!IsOver && !Waiter.IsResting)
        {
            await Task.Yield();
        }
    }
}

/// <summary>Keeps the warnings only.</summary>
internal sealed class WarningTrace(List<string> warnings) : IRequestTrace
{
    public bool WantsRequests => false;

    public bool WantsBodies => false;

    public void Completed(RequestTrace request)
    {
    }

    public IDisposable? Pausing(TimeSpan pause, string reason) => null;

    public IDisposable? Queueing(TimeSpan expected, string reason) => null;

    public void Warn(string text) => warnings.Add(text);
}

/// <summary>A wait for tasks of a sandbox on the same clock.</summary>
internal sealed class SandboxedWait : IAsyncDisposable
{
    private readonly CountingHandler _handler;

    internal SandboxedWait(WaitOptions? options, params double[] seconds)
        : this(options, settings => settings, seconds)
    {
    }

    internal SandboxedWait(
        WaitOptions? options, Func<ConnectionSettings, ConnectionSettings> change, params double[] seconds)
    {
        FakeTimeProvider clock = Given.Clock();
        SandboxOptions sandbox = new() { Time = clock, DurationOf = i => TimeSpan.FromSeconds(seconds[i]) };
        _handler = new CountingHandler(new SandboxHandler(new SandboxService(sandbox)));
        Run = new WaitRun(clock, _handler, options, change);
    }

    internal WaitRun Run { get; }

    /// <summary>GET requests so far.</summary>
    internal int Polls => _handler.Polls;

    internal async Task<KlingTask[]> SubmitAsync(params string[] prompts)
    {
        List<KlingTask> tasks = [];
        foreach (string prompt in prompts)
        {
            VideoRequest request = new() { Prompt = prompt };
            tasks.Add(await Run.Client.SubmitAsync(request, TimeSpan.Zero, Token));
        }

        return [.. tasks];
    }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        _handler.Dispose();
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        internal int Polls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Polls += request.Method == HttpMethod.Get ? 1 : 0;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
