using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>One cmdlet under a fault: the command, and which requests are its own.</summary>
/// <param name="Cmdlet">The heading.</param>
/// <param name="Script">Uses $task, $video, $out and the row's times.</param>
/// <param name="Expected">The row's cell.</param>
/// <param name="Method">Of the requests the fault hits.</param>
/// <param name="Path">How their path begins.</param>
/// <param name="IsPaid">Whether the request is a paid one.</param>
internal sealed record FaultColumn(
    string Cmdlet,
    string Script,
    Func<FaultRow, Outcome> Expected,
    string Method,
    string Path,
    bool IsPaid = false)
{
    private const string Api = "/kling/";

    // With -Debug alone the engine would ask before it goes on after a warning.
    private const string Streams = "-Verbose -Debug -WarningAction Continue";

    internal const string Downloads = "/videos/";

    internal static IReadOnlyList<FaultColumn> All { get; } =
    [
        new(
            "New-KlingExtension",
            "$task | New-KlingExtension -Prompt 'The sun breaks through' -QueueTimeoutSec $queueSec " + Streams,
            row => row.Extension,
            "POST",
            Api,
            IsPaid: true),
        new(
            "New-KlingVideo",
            "New-KlingVideo 'A quiet harbour' -Model kling-v1-6 -QueueTimeoutSec $queueSec " + Streams,
            row => row.Video,
            "POST",
            Api,
            IsPaid: true),
        new("Get-KlingTask", "Get-KlingTask $asked -Kind TextToVideo " + Streams, row => row.Get, "GET", Api),
        new(
            "Wait-KlingTask",
            "Wait-KlingTask $asked -Kind TextToVideo -TimeoutSec $waitSec -PollIntervalSec 0.3 " + Streams,
            row => row.Wait,
            "GET",
            Api),
        new("Save-KlingVideo", "$video | Save-KlingVideo -Destination $out " + Streams, row => row.Save, "GET", Downloads),
    ];

    internal bool IsDownload => Path == Downloads;

    /// <summary>Whether the request is one of the cmdlet's, rather than of the set-up or for a fresh address.</summary>
    internal bool Sends(ReceivedRequest request) =>
        request.Method == Method && request.Path.StartsWith(Path, StringComparison.Ordinal);

    /// <summary>Whether the line of -Verbose is about such a request.</summary>
    internal bool IsAbout(string verbose) => verbose.StartsWith($"{Method} {Path}", StringComparison.Ordinal);
}
