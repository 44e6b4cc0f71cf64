using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace KlingPS.Desktop.Checks;

/// <summary>The files of the folder, and the initializer that finds them.</summary>
internal sealed class ModuleChecks(LoadedModule module)
{
    private static readonly Version Foreign = new(1, 0, 0, 1);

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("The initializer finds everything on its list, whatever version is asked for", Finds),
        ("The initializer finds nothing else", FindsNothingElse),
        ("Every type of the three assemblies can be loaded", TypesLoad),
        ("Every method of the cmdlets finds what it calls of the client", MethodsCompile),
        ("An error is shown with its advice, which Windows PowerShell shows nowhere else", ErrorText),
    ];

    internal (string Name, Func<Task> Run)[] Last =>
    [
        ("All that was loaded of what ships came from the folder or is the framework's", LoadedFrom),
        ("The initializer answers from the import on, and for other runspaces when the module is removed", Removed),
    ];

    private Task Finds()
    {
        foreach (string name in module.Shipped)
        {
            AssemblyName file = AssemblyName.GetAssemblyName(Path.Combine(module.Libraries, name + ".dll"));
            AssemblyName asked = new(file.FullName) { Version = Foreign };
            Assembly? found = module.Resolve(asked.FullName);
            Ensure.Equal(name, found?.GetName().Name, $"what was found for {asked}");
        }

        return Task.CompletedTask;
    }

    private Task FindsNothingElse()
    {
        foreach (string name in new[] { "KlingPS", "System.Management.Automation", "Newtonsoft.Json",
            "KlingPS.Core.resources" })
        {
            Ensure.Equal(
                null, module.Resolve(name + ", Version=1.0.0.0, Culture=neutral"), $"what was found for {name}");
        }

        return Task.CompletedTask;
    }

    private Task TypesLoad()
    {
        foreach (Assembly assembly in new[] { typeof(KlingClient).Assembly, typeof(Sandbox.SandboxService).Assembly,
            module.Assembly })
        {
            // Throws with the reasons where one cannot.
            Ensure.That(assembly.GetTypes().Length > 0, $"{assembly.GetName().Name} has no types");
        }

        return Task.CompletedTask;
    }

    private Task MethodsCompile()
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static;
        foreach (Type type in module.Assembly.GetTypes())
        {
            foreach (MethodBase method in type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all))
                .Where(method => !method.IsAbstract && !method.ContainsGenericParameters))
            {
                // The second is for Mono, where the first does nothing.
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
                method.MethodHandle.GetFunctionPointer();
            }
        }

        return Task.CompletedTask;
    }

    private Task ErrorText()
    {
        KlingException error = new(KlingError.WaitTimeout, "It took too long.");
        object? shown = module.Type("KlingPS.Pipeline.ErrorRecords")
            .GetMethod("Shown", BindingFlags.NonPublic | BindingFlags.Static)
            .Invoke(null, [error]);
        Ensure.Equal($"It took too long. {error.RecommendedAction}", shown, "what is shown");
        return Task.CompletedTask;
    }

    private Task LoadedFrom()
    {
        string folder = Path.GetFullPath(module.Libraries);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic))
        {
            bool ships = module.Shipped.Contains(assembly.GetName().Name);
            Ensure.That(
                !ships || Path.GetDirectoryName(assembly.Location) == folder || assembly.GlobalAssemblyCache,
                $"{assembly.FullName} was loaded from {assembly.Location}");
        }

        return Task.CompletedTask;
    }

    // In a process of its own: what was loaded once is found for ever.
    private async Task Removed()
    {
        using Process process = Runtime.StartAgain("remove", module.Folder);
        string said = await process.StandardOutput.ReadToEndAsync();
        process.WaitForExit();
        Ensure.Equal("before: False, imported: True, removed: True", said.Trim(), "what was found");
    }
}
