using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace KlingPS.Quickstart;

/// <summary>The PowerShell engine: runs one pipeline after the other in one session, until it is stopped.</summary>
internal sealed class Engine : IDisposable
{
    private readonly Runspace _runspace;
    private readonly PowerShell _powerShell;

    internal Engine(SampleHost host, string views, Action<ErrorRecord> report)
    {
        // CreateDefault would look for the modules of an installed PowerShell.
        InitialSessionState session = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            session.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        // The engine alone has no command for the module to load its views with.
        session.Formats.Add(new SessionStateFormatEntry(views));
        _runspace = RunspaceFactory.CreateRunspace(host, session);
        _powerShell = PowerShell.Create(_runspace);
        _powerShell.Streams.Error.DataAdded += (_, added) => report(_powerShell.Streams.Error[added.Index]);
    }

    internal bool IsStopping { get; private set; }

    /// <summary>The exit code of a script that ended with exit, else 0.</summary>
    internal int LastExitCode => _runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? 0;

    public void Dispose()
    {
        // Nothing is left to stop: from here on Ctrl+C may end the process.
        IsStopping = true;
        _powerShell.Dispose();
        _runspace.Dispose();
    }

    internal void Open() => _runspace.Open();

    /// <summary>Runs one pipeline to its end.</summary>
    /// <exception cref="RuntimeException">A terminating error, or a <see cref="PipelineStoppedException"/>.</exception>
    internal void Invoke(Action<PowerShell> add)
    {
        _powerShell.Commands.Clear();
        add(_powerShell);
        _powerShell.Invoke();
        if (IsStopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Stops what runs, which then cleans up; false the second time, for a script that does not end.</summary>
    internal bool TryStop()
    {
        if (IsStopping)
        {
            return false;
        }

        IsStopping = true;
        _powerShell.BeginStop(callback: null, state: null);
        return true;
    }
}
