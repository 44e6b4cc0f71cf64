using System.Management.Automation;
using System.Reflection;
using KlingPS.Pipeline;

namespace KlingPS;

/// <summary>What happens when the module comes and goes.</summary>
public sealed class ModuleLifetime :
#if !NET
    IModuleAssemblyInitializer,
#endif
    IModuleAssemblyCleanup
{
    /// <summary>
    /// What the Desktop edition needs from the module's own folder. Windows PowerShell reads no binding redirects, so a
    /// library there asks for the version it was built with and must be given the one that ships.
    /// </summary>
    internal static readonly string[] ShippedForDesktop =
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

#if !NET
    /// <inheritdoc/>
    public void OnImport() => AppDomain.CurrentDomain.AssemblyResolve += Resolve;
#endif

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        Connections.Clear();
#if !NET
        AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
#endif
    }

#if !NET
    private static Assembly? Resolve(object sender, ResolveEventArgs args)
    {
        string name = new AssemblyName(args.Name).Name;
        string path = Path.Combine(Path.GetDirectoryName(typeof(ModuleLifetime).Assembly.Location)!, name + ".dll");
        return Array.IndexOf(ShippedForDesktop, name) >= 0 && File.Exists(path) ? Assembly.LoadFrom(path) : null;
    }
#endif
}
