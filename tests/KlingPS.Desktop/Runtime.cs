using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace KlingPS.Desktop;

/// <summary>What runs this program, and how to run it once more.</summary>
internal static class Runtime
{
    private static readonly Type? Mono = Type.GetType("Mono.Runtime");

    internal static bool IsMono => Mono is not null;

    internal static string Name => IsMono
        ? "Mono " + Mono!.GetMethod("GetDisplayName", BindingFlags.NonPublic | BindingFlags.Static)?.Invoke(null, null)
        : RuntimeInformation.FrameworkDescription;

    internal static Process StartAgain(params string[] arguments)
    {
        string program = typeof(Runtime).Assembly.Location;
        using Process self = Process.GetCurrentProcess();
        return IsMono
            ? Start(self.MainModule.FileName, [program, .. arguments])
            : Start(program, arguments);
    }

    internal static Process Start(string file, params string[] arguments) => Process.Start(new ProcessStartInfo(file)
    {
        // None of the arguments ends in a backslash.
        Arguments = string.Join(" ", arguments.Select(argument => $"\"{argument}\"")),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        UseShellExecute = false,
    });
}
