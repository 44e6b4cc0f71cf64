using System.Diagnostics;
using System.Reflection;

namespace KlingPS.Benchmarks.Commands;

/// <summary>What is measured.</summary>
internal static class Measured
{
    internal static string EmptyManifest => Path.Combine(AppContext.BaseDirectory, "KlingPS.EmptyModule.psd1");

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Commands", "Scripts", name);

    /// <exception cref="FormatException">What is measured was built to be debugged.</exception>
    internal static void RefuseDebugBuild()
    {
        if (typeof(KlingClient).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true)
        {
            throw new FormatException("A Debug build is not measured: add -c Release.");
        }
    }
}
