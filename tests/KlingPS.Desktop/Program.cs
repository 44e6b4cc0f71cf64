using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace KlingPS.Desktop;

/// <summary>Loads the module's files as Windows PowerShell would, and tries them one check after the other.</summary>
/// <remarks>Nothing of the module may be named in this class: it is not there before the module is loaded.</remarks>
internal static class Program
{
    private const string Usage =
        "Usage: KlingPS.Desktop.exe [FOLDER [SERVER]]: the folder of the cmdlets' assembly and the file of "
        + "the test server; those of the checkout unless said.";

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length == 4 && arguments[0] == "append")
        {
            // What the check of the journal starts.
            _ = new LoadedModule(arguments[1]);
            await Append(arguments[2], int.Parse(arguments[3], CultureInfo.InvariantCulture));
            return 0;
        }

        if (arguments.Length == 2 && arguments[0] == "remove")
        {
            // What the check of the initializer starts.
            bool before = CanLoad("KlingPS.Core");
            LoadedModule module = new(arguments[1]);
            bool imported = CanLoad("KlingPS.Core");
            module.Remove();
            Console.WriteLine($"before: {before}, imported: {imported}, removed: {CanLoad("KlingPS.Sandbox")}");
            return 0;
        }

        string folder = arguments.Length > 0 ? Path.GetFullPath(arguments[0]) : Checkout.ModuleFolder;
        string server = arguments.Length > 1 ? Path.GetFullPath(arguments[1]) : Checkout.TestServer;
        if (arguments.Length > 2 || !File.Exists(Path.Combine(folder, "KlingPS.dll")) || !File.Exists(server))
        {
            Console.Error.WriteLine(Usage);
            Console.Error.WriteLine($"Looked for {Path.Combine(folder, "KlingPS.dll")} and {server}.");
            return 2;
        }

        Console.WriteLine($"Runtime: {Runtime.Name}");
        Console.WriteLine($"Module:  {folder}");
        return await Run(new LoadedModule(folder), server);
    }

    private static bool CanLoad(string name)
    {
        try
        {
            return Assembly.Load(name) is not null;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> Run(LoadedModule module, string server) => Suite.RunAsync(module, server);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task Append(string journal, int count) => Checks.JournalChecks.AppendAsync(journal, count);
}
