using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace KlingPS.Tests.Project;

/// <summary>A script of the release, run in the engine without any module.</summary>
internal static class ReleaseScript
{
    /// <summary>The error it ends with, or null.</summary>
    internal static string? Run(string name, params (string Name, string Value)[] parameters)
    {
        using PowerShell shell = PowerShell.Create(InitialSessionState.CreateDefault2());
        shell.AddScript(File.ReadAllText(Path.Combine(Repository.Root, ".github", "scripts", name)));
        foreach ((string parameter, string value) in parameters)
        {
            shell.AddParameter(parameter, value);
        }

        try
        {
            shell.Invoke();
            return null;
        }
        catch (RuntimeException e)
        {
            return e.Message;
        }
    }
}
