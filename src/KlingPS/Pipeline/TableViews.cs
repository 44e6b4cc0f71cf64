using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace KlingPS.Pipeline;

/// <summary>
/// How tasks and videos are shown. Loaded by the first command of a runspace, which the import does not wait for.
/// </summary>
internal static class TableViews
{
    private static readonly ConditionalWeakTable<Runspace, object> Loaded = new();

    // PowerShell 7 resolves this to its own, later version.
    private const string UpdateFormatData =
        "Microsoft.PowerShell.Commands.UpdateFormatDataCommand, Microsoft.PowerShell.Commands.Utility, "
        + "Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35";

    private static string File =>
        Path.GetFullPath(Path.Combine(ModuleLifetime.Folder, "..", "KlingPS.Format.ps1xml"));

    /// <summary>
    /// Loads them, once. Where the policy forbids scripts, which views are too, tasks are shown without them.
    /// </summary>
    internal static void Load(PSCmdlet cmdlet)
    {
        if (Runspace.DefaultRunspace is not { } runspace || Loaded.TryGetValue(runspace, out _))
        {
            return;
        }

        Loaded.Add(runspace, File);
        try
        {
            // By its class: by its name, the engine would import all of Microsoft.PowerShell.Utility first. Missing in
            // a bare engine host.
            if (Type.GetType(UpdateFormatData) is not { } update)
            {
                return;
            }

            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            // Regardless of the caller's preference.
            shell.AddCommand(new CmdletInfo("Update-FormatData", update))
                .AddParameter("AppendPath", File)
                .AddParameter("ErrorAction", ActionPreference.Ignore)
                .AddParameter("WhatIf", false)
                .AddParameter("Confirm", false)
                .AddParameter("Verbose", false)
                .Invoke();
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException
            or IOException or BadImageFormatException)
        {
            // Missing views must not fail a command.
        }
    }
}
