using System.Runtime.CompilerServices;

namespace KlingPS.Tests;

/// <summary>The tests keep their journal to themselves: the user's own must neither be read nor written.</summary>
internal static class OwnState
{
    private const string Variable = "XDG_STATE_HOME";

    private static readonly string Folder = Directory.CreateTempSubdirectory("KlingPS.Tests.").FullName;

    [ModuleInitializer]
    internal static void Begin()
    {
        Use();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
    }

    internal static void Use() => Environment.SetEnvironmentVariable(Variable, Folder);
}
