using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace KlingPS.Quickstart;

/// <summary>One run of one script on the sandbox: what it saved, and how it ended.</summary>
internal sealed class SampleRun : IDisposable
{
    private const string KeepSavedFiles =
        "param($Saved) process { if ($_ -is [System.IO.FileInfo]) { $Saved.Add($_) } else { $_ } }";

    private readonly Usage _usage;
    private readonly Terminal _terminal;
    private readonly SampleHost _host;
    private readonly Engine _engine;
    private readonly List<FileInfo> _saved = [];
    private int _errors;

    internal SampleRun(Usage usage, Terminal terminal)
    {
        _usage = usage;
        _terminal = terminal;
        _host = new SampleHost(terminal);
        _engine = new Engine(_host, Path.Combine(usage.Manifest.DirectoryName!, "module", "KlingPS.Format.ps1xml"), Report);
    }

    public void Dispose() => _engine.Dispose();

    /// <summary>Stops the script; false when that was tried before.</summary>
    internal bool TryStop() => _engine.TryStop();

    /// <summary>Runs the script to its end and answers with the exit code of the program.</summary>
    /// <exception cref="UsageException">The arguments do not fit the script.</exception>
    internal int Run()
    {
        try
        {
            _engine.Open();
            _engine.Invoke(pipeline => pipeline
                .AddCommand("Import-Module")
                .AddParameter("Name", _usage.Manifest.FullName)
                .AddParameter("ErrorAction", ActionPreference.Stop));
            _engine.Invoke(pipeline => pipeline.AddCommand("Connect-Kling").AddParameter("Sandbox"));
            _engine.Invoke(AddSample);
        }
        catch (Exception) when (_engine.IsStopping)
        {
            _terminal.WriteError("Stopped.");
        }
        catch (ParameterBindingException wrong) when (IsSample(wrong.CommandInvocation))
        {
            throw new UsageException($"{wrong.Message} {TellParameters(wrong.CommandInvocation.MyCommand)}");
        }
        catch (RuntimeException failure)
        {
            Report(failure.ErrorRecord);
        }
        finally
        {
            _host.ClearProgress();
        }

        return Conclude();
    }

    private static string TellParameters(CommandInfo script) =>
        $"The parameters of {script.Name} are: " + string.Join(", ", script.Parameters.Keys
            .Except([.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters])
            .Select(name => "-" + name)) + '.';

    private void AddSample(PowerShell pipeline)
    {
        Command sample = new(_usage.Script.FullName);
        foreach (CommandParameter argument in _usage.Arguments)
        {
            sample.Parameters.Add(argument);
        }

        pipeline.Commands.AddCommand(sample);
        pipeline.AddScript(KeepSavedFiles, useLocalScope: true).AddParameter("Saved", _saved).AddCommand("Out-Default");
    }

    private bool IsSample(InvocationInfo? invocation) =>
        invocation?.MyCommand is ExternalScriptInfo script && script.Path == _usage.Script.FullName;

    private void Report(ErrorRecord error)
    {
        _errors++;
        _terminal.WriteError(ErrorText.Describe(error));
    }

    private int Conclude()
    {
        foreach (FileInfo file in _saved)
        {
            _terminal.WriteLine($"Saved: {file.FullName}");
        }

        if (_engine.IsStopping)
        {
            return ExitCode.Stopped;
        }

        if (_engine.LastExitCode != 0)
        {
            _terminal.WriteError($"{_usage.Script.Name} ended with exit code {_engine.LastExitCode}.");
        }
        else if (_saved.Count == 0 && _errors == 0)
        {
            _terminal.WriteError($"{_usage.Script.Name} ended without an error, but it saved no file.");
        }

        bool succeeded = _saved.Count > 0 && _errors == 0 && _engine.LastExitCode == 0;
        return succeeded ? ExitCode.Success : ExitCode.Failure;
    }
}
