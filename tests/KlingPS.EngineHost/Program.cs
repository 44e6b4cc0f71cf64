using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace KlingPS.EngineHost;

/// <summary>Runs one script with its arguments and prints what it writes, a line for each object.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("Usage: KlingPS.EngineHost SCRIPT [ARGUMENT ...]");
            return 2;
        }

        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddScript(File.ReadAllText(arguments[0]));
        Array.ForEach(arguments[1..], argument => shell.AddArgument(argument));
        try
        {
            foreach (PSObject written in shell.Invoke())
            {
                Console.WriteLine(written);
            }
        }
        catch (RuntimeException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }

        foreach (ErrorRecord error in shell.Streams.Error)
        {
            Console.Error.WriteLine(error);
        }

        return shell.HadErrors ? 1 : 0;
    }
}
