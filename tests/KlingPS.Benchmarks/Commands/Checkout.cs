using System.Diagnostics;
using System.Reflection;

namespace KlingPS.Benchmarks.Commands;

/// <summary>What of the checkout is measured.</summary>
internal static class Checkout
{
    private static readonly string Root = Find();

    /// <summary>The module as built.</summary>
    internal static string Manifest => Path.Combine(Root, "KlingPS.psd1");

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

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KlingPS.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The program runs outside the repository.");
    }
}
