using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace KlingPS.Pipeline;

/// <summary>
/// How tasks and videos are shown. Loaded by the first command of a runspace, which the import does not wait for.
/// </summary>
internal static class TableViews
{
    private static readonly ConditionalWeakTable<Runspace, object> Loaded = new();

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
        // Missing in a bare engine host or a constrained session.
        const string name = @"Microsoft.PowerShell.Utility\Update-FormatData";
        if (cmdlet.InvokeCommand.GetCommand(name, CommandTypes.Cmdlet) is not { } update)
        {
            return;
        }

        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        // Regardless of the caller's preference.
        shell.AddCommand(update)
            .AddParameter("AppendPath", File)
            .AddParameter("ErrorAction", ActionPreference.Ignore)
            .AddParameter("WhatIf", false)
            .AddParameter("Confirm", false)
            .AddParameter("Verbose", false);
        try
        {
            shell.Invoke();
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            // Missing views must not fail a command.
        }
    }
}
