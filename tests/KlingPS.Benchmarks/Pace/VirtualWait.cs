using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Pace;

/// <summary>The real waiter, over the real client, on virtual time.</summary>
internal static class VirtualWait
{
    /// <summary>Waits for tasks this connection has just created, all at once.</summary>
    /// <param name="durations">Of the tasks, in seconds.</param>
    /// <param name="change">The connection's settings; without it there is no bound on requests.</param>
    /// <param name="interval">Fixed, instead of the default pace.</param>
    /// <param name="report">Gets the progress.</param>
    internal static async Task<WaitFigures> RunAsync(
        double[] durations,
        Func<ConnectionSettings, ConnectionSettings>? change = null,
        TimeSpan? interval = null,
        Action<WaitProgress>? report = null)
    {
        VirtualTime time = new();
        using VirtualService service = new(time, durations);
        ConnectionSettings settings = new() { BaseUri = new Uri("https://virtual.invalid/kling/"), MaxRequestsPerSec = 0 };
        using KlingConnection connection = new(
            change?.Invoke(settings) ?? settings,
            new ApiKey("sk-0123456789abcdefWXYZ", "a measurement"),
            time,
            service);
        WaitOptions options = new() { Timeout = TimeSpan.MaxValue, PollInterval = interval };
        int told = 0;
        TaskWaiter waiter = new KlingClient(connection).Wait(options, _ => told++, report);
        Task wait = waiter.RunAsync(CancellationToken.None);
        for (int i = 0; i < durations.Length; i++)
        {
            KlingTask task = KlingTask.FromId($"{i}", KlingTaskKind.VideoExtension, time.GetUtcNow()) with { Status = KlingTaskStatus.Submitted };
            connection.Recent.Add(task, isNew: true);
            waiter.Add(task);
            // As in a pipeline, where each is taken while the next is submitted: the connection remembers so many only.
            SpinWait.SpinUntil(() => waiter.IsResting);
        }

        waiter.CompleteAdding();
        while (!wait.IsCompleted)
        {
            if (waiter.IsResting)
            {
                time.Step();
            }
            else
            {
                Thread.SpinWait(20);
            }
        }

        await wait;
        return told == durations.Length
            ? WaitFigures.Of(service.Gets, service.Delays)
            : throw new InvalidOperationException($"{told} of {durations.Length} tasks were told of.");
    }
}
