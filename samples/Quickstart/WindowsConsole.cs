using System.Runtime.InteropServices;

namespace KlingPS.Quickstart;

/// <summary>A console on Windows takes escape sequences once it is told to; terminals elsewhere always do.</summary>
internal static class WindowsConsole
{
    internal const int Output = -11;
    internal const int Error = -12;

    // https://learn.microsoft.com/windows/console/setconsolemode
    private const uint EnableVirtualTerminalProcessing = 4;

    internal static bool TakesEscapes(int stream) => !OperatingSystem.IsWindows()
        || (GetConsoleMode(GetStdHandle(stream), out uint mode)
            && SetConsoleMode(GetStdHandle(stream), mode | EnableVirtualTerminalProcessing));

    [DllImport("kernel32.dll")]
    private static extern nint GetStdHandle(int handle);

    [DllImport("kernel32.dll")]
    private static extern bool GetConsoleMode(nint handle, out uint mode);

    [DllImport("kernel32.dll")]
    private static extern bool SetConsoleMode(nint handle, uint mode);
}
