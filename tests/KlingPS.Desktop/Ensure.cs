namespace KlingPS.Desktop;

/// <summary>What a check found is not as it should be.</summary>
internal sealed class CheckFailed(string message) : Exception(message);

/// <summary>The few things a check says of what it found.</summary>
internal static class Ensure
{
    internal static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new CheckFailed(otherwise);
        }
    }

    internal static void Equal<T>(T expected, T found, string what) =>
        That(EqualityComparer<T>.Default.Equals(expected, found), $"{what} should be {expected} and is {found}");

    internal static void Less(TimeSpan found, TimeSpan limit, string what) =>
        That(
            found < limit,
            $"{what} should take less than {limit.TotalSeconds:0.##} s and took {found.TotalSeconds:0.##} s");

    internal static async Task<T> ThrowsAsync<T>(Func<Task> run)
        where T : Exception
    {
        try
        {
            await run();
        }
        catch (T e)
        {
            return e;
        }

        throw new CheckFailed($"{typeof(T).Name} was to be thrown and nothing was");
    }

    /// <summary>Cancels what runs and sees that it ends as cancelled, in under a second.</summary>
    internal static async Task CancelledAtOnceAsync(Task running, CancellationTokenSource source)
    {
        System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
        That(!running.IsCompleted, "it should still be waiting");
        source.Cancel();
        That(await Task.WhenAny(running, Task.Delay(5000)) == running, "it went on for 5 s after it was cancelled");
        await ThrowsAsync<OperationCanceledException>(() => running);
        Less(watch.Elapsed, TimeSpan.FromSeconds(1), "the end after a cancellation");
    }
}
