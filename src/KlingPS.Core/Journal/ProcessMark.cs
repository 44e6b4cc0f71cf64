using System.Diagnostics;

namespace KlingPS.Journal;

/// <summary>Which process writes: its number alone is given to another one some day.</summary>
internal sealed record ProcessMark(string Machine, int Id, DateTimeOffset Started)
{
    // A corrected wall clock moves the start that the system computes.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // Of a process on another machine nothing can be asked; no POST takes this long.
    private static readonly TimeSpan LongestPost = TimeSpan.FromHours(1);

    private static readonly Lazy<ProcessMark> Own = new(() =>
    {
        using Process process = Process.GetCurrentProcess();
        return new ProcessMark(Environment.MachineName, process.Id, process.StartTime);
    });

    internal static ProcessMark Current => Own.Value;

    /// <summary>Whether the process may still be waiting for an answer to what it sent at that time.</summary>
    internal bool MayBeWaiting(DateTimeOffset sent, DateTimeOffset now)
    {
        if (Machine != Current.Machine)
        {
            return now - sent < LongestPost;
        }

        try
        {
            using Process process = Process.GetProcessById(Id);
            return (process.StartTime - Started.LocalDateTime).Duration() < Tolerance;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
