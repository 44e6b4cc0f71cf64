namespace KlingPS.Core.Tests.Transport;

/// <summary>A client over a scripted connection, on a clock the test moves.</summary>
internal sealed class VirtualCall : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    internal VirtualCall(params ScriptedHandler.Step[] script)
        : this(settings => settings, script)
    {
    }

    internal VirtualCall(Func<ConnectionSettings, ConnectionSettings> change, params ScriptedHandler.Step[] script)
        : this(Given.Clock(), change, script)
    {
    }

    private VirtualCall(
        FakeTimeProvider clock,
        Func<ConnectionSettings, ConnectionSettings> change,
        ScriptedHandler.Step[] script)
    {
        Clock = clock;
        Handler = new ScriptedHandler(Clock, script);
        Connection = Given.Connection(Handler, Clock, change);
        Client = new KlingClient(Connection);
    }

    internal FakeTimeProvider Clock { get; }

    internal ScriptedHandler Handler { get; }

    internal KlingConnection Connection { get; }

    internal KlingClient Client { get; }

    /// <summary>On a clock where every pause passes at once, for calls that also wait for files.</summary>
    internal static VirtualCall Hurried(params ScriptedHandler.Step[] script) =>
        new(new HurriedTime(), settings => settings with { MaxRetryCount = 2 }, script);

    /// <summary>Seconds after the start at which each request was sent.</summary>
    internal double[] SentAt => [.. Handler.Seen.Select(request => (request.At - Given.Start).TotalSeconds)];

    internal Task<KlingTask> SubmitAsync(SubmitRequest? request = null, double queueSeconds = 3600) =>
        Client.SubmitAsync(request ?? Given.Video, TimeSpan.FromSeconds(queueSeconds), Token);

    internal Task<KlingTask> GetAsync(string id = "861234567890123456") =>
        Client.GetAsync(id, KlingTaskKind.TextToVideo, Token);

    /// <summary>Moves the clock until the call has ended.</summary>
    internal async Task<T> EndAsync<T>(Task<T> call, double limitSeconds = 7200)
    {
        await VirtualTime.MoveAsync(Clock, call, Tick, limitSeconds);
        Assert.True(call.IsCompleted, "The call has not ended.");
        return await call;
    }

    internal Task<KlingException> FailAsync<T>(Task<T> call, double limitSeconds = 7200) =>
        Assert.ThrowsAsync<KlingException>(() => EndAsync(call, limitSeconds));

    public void Dispose()
    {
        Connection.Dispose();
        Handler.Dispose();
    }
}

/// <summary>
/// Tests that move a clock, one at a time: it must not run away from work that goes on in the thread pool.
/// </summary>
[CollectionDefinition(nameof(VirtualTime), DisableParallelization = true)]
public sealed class VirtualTime
{
    /// <summary>
    /// Moves a clock until a task has ended or so many seconds are over, each time after all that goes on has come to
    /// rest.
    /// </summary>
    internal static Task MoveAsync(FakeTimeProvider clock, Task task, TimeSpan tick, double limitSeconds = 7200) =>
        Task.Run(async () =>
    {
        for (double past = 0; past < limitSeconds && !task.IsCompleted; past += tick.TotalSeconds)
        {
            await RestAsync();
            clock.Advance(tick);
        }

        await RestAsync();
    });

    /// <summary>Returns once nothing else runs in the thread pool, or what runs does not come to rest.</summary>
    private static async Task RestAsync()
    {
        for (int looks = 0; looks < 10_000 && !IsAlone(); looks++)
        {
            await Task.Yield();
        }
    }

    private static bool IsAlone()
    {
        ThreadPool.GetMaxThreads(out int all, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return all - available <= 1 && ThreadPool.PendingWorkItemCount == 0;
    }
}
