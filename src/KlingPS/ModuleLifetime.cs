using System.Reflection;
using KlingPS.Connection;

namespace KlingPS;

/// <summary>What happens when the module comes and goes.</summary>
/// <remarks>
/// Before <see cref="OnImport"/> the engine loads every public type of this assembly. None of them may have an
/// interface, a base or a field by value from the client, whose assembly is found only afterwards.
/// </remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>
    /// What the module needs from its own folders. Windows PowerShell reads no binding redirects, so a library there
    /// asks for the version it was built with and must be given the one that ships.
    /// </summary>
    internal static readonly string[] Shipped =
    [
        "KlingPS.Core",
        "KlingPS.Sandbox",
        "Microsoft.Bcl.AsyncInterfaces",
        "Microsoft.Bcl.TimeProvider",
        "System.Buffers",
        "System.Memory",
        "System.Numerics.Vectors",
        "System.Runtime.CompilerServices.Unsafe",
        "System.Text.Encodings.Web",
        "System.Text.Json",
        "System.Threading.Tasks.Extensions",
        "System.ValueTuple",
    ];

    /// <summary>Below this address is the page of each cmdlet, for Get-Help -Online.</summary>
    internal const string HelpPages = "https://github.com/klingps/KlingPS/blob/main/docs/en-US/";

    /// <summary>Whether this is Windows PowerShell, on .NET Framework.</summary>
    internal static bool IsDesktop => Environment.Version.Major < 5;

    /// <summary>Where this assembly is, with a folder for each edition.</summary>
    internal static string Folder => Path.GetDirectoryName(typeof(ModuleLifetime).Assembly.Location)!;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Once per process: every runspace imports the module.
        AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
        AppDomain.CurrentDomain.AssemblyResolve += Resolve;
    }

    /// <inheritdoc/>
    /// <remarks>The assemblies are still found: another runspace may use the module, and objects of it are left in this
    /// one.</remarks>
    public void OnRemove(PSModuleInfo psModuleInfo) => Connections.Clear();

    private static Assembly? Resolve(object sender, ResolveEventArgs args)
    {
        string name = new AssemblyName(args.Name).Name;
        string path = Path.Combine(Folder, IsDesktop ? "Desktop" : "Core", name + ".dll");
        return Array.IndexOf(Shipped, name) >= 0 && File.Exists(path) ? Assembly.LoadFrom(path) : null;
    }
}
