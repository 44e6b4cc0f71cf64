using System.Reflection;

namespace KlingPS.Desktop;

/// <summary>
/// The module as Windows PowerShell loads it: its assembly by path, then its own initializer finds the rest.
/// </summary>
internal sealed class LoadedModule
{
    private readonly object _lifetime;

    internal LoadedModule(string folder)
    {
        Folder = folder;
        Assembly = Assembly.LoadFrom(Path.Combine(folder, "KlingPS.dll"));
        // What the engine does first: none of these may need what only the initializer finds.
        Exported = Assembly.GetExportedTypes();
        _lifetime = Activator.CreateInstance(Type("KlingPS.ModuleLifetime"));
        Call(_lifetime, "OnImport");
    }

    internal string Folder { get; }

    /// <summary>Where the files of this edition are.</summary>
    internal string Libraries => Path.Combine(Folder, "Desktop");

    internal Assembly Assembly { get; }

    internal Type[] Exported { get; }

    /// <summary>The names the module's initializer answers.</summary>
    internal string[] Shipped => (string[])Type("KlingPS.ModuleLifetime")
        .GetField("Shipped", BindingFlags.NonPublic | BindingFlags.Static)
        .GetValue(null);

    internal Type Type(string name) => Assembly.GetType(name, throwOnError: true);

    /// <summary>What its cleanup does of the resolver. The rest of it needs an engine.</summary>
    internal Assembly? Resolve(string name) =>
        (Assembly?)Type("KlingPS.ModuleLifetime")
            .GetMethod("Resolve", BindingFlags.NonPublic | BindingFlags.Static)
            .Invoke(null, [this, new ResolveEventArgs(name)]);

    internal void Remove() => Call(_lifetime, "OnRemove", [null]);

    internal static object? Call(object target, string method, params object?[] arguments) => target.GetType()
        .GetMethod(method, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Invoke(target, arguments);
}
