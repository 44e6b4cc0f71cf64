namespace KlingPS.Quickstart;

/// <summary>What the program tells the shell that started it.</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int Failure = 1;
    internal const int BadUsage = 2;

    /// <summary>What shells report for a program that Ctrl+C ended: 128 + SIGINT.</summary>
    internal const int Stopped = 130;
}
