using System.Management.Automation;
using KlingPS.Waiting;

namespace KlingPS.Pipeline;

/// <summary>The one bar of a wait, however many tasks: counts by state, time passed, and time to go when it can be known.</summary>
internal static class WaitBar
{
    internal static ProgressRecord Of(int activityId, WaitProgress progress, string? pauseReason, TimeSpan pauseLeft)
    {
        (int Count, string Word)[] states =
        [
            (progress.Submitted, "submitted"),
            (progress.Processing, "processing"),
            (progress.Unknown, "not seen yet"),
            (progress.Succeeded, "succeeded"),
            (progress.Failed, "failed"),
        ];
        string counts = string.Join(", ", states.Where(state => state.Count > 0).Select(state => $"{state.Count} {state.Word}"));
        string tasks = progress.Total == 1 ? "1 Kling task" : $"{progress.Total} Kling tasks";
        string status = $"{counts}; {Clock(progress.Elapsed)} passed";
        double pause = Math.Ceiling(pauseLeft.TotalSeconds);
        status += pauseReason is null ? "" : $"; pausing for {pause:0} s more: {pauseReason}";
        return new ProgressRecord(activityId, $"Waiting for {tasks}", status)
        {
            PercentComplete = progress.Total == 0 ? 0 : (int)(100L * progress.Finished / progress.Total),
            SecondsRemaining = progress.Remaining is { } left ? (int)Math.Ceiling(left.TotalSeconds) : -1,
        };
    }

    private static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";
}
