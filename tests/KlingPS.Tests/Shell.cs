using System.Management.Automation;
using System.Management.Automation.Runspaces;
using KlingPS.TestServer;
using Microsoft.PowerShell;

namespace KlingPS.Tests;

/// <summary>One runspace of the real engine with the module imported by its manifest.</summary>
internal sealed class Shell : IDisposable
{
    private readonly Runspace _runspace;

    internal Shell(CaptureHost? host = null)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            // The default there forbids scripts, and views with them.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        // The engine alone has no command for the module to load them with.
        state.Formats.Add(new SessionStateFormatEntry(Path.Combine(Repository.Root, "module", "KlingPS.Format.ps1xml")));
        state.ImportPSModule([Repository.Manifest]);
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    internal static Shell OnSandbox(double taskSeconds = 0, CaptureHost? host = null)
    {
        Shell shell = new(host);
        shell.Run($"Connect-Kling -Sandbox -SandboxTaskSec {taskSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}").Clean();
        return shell;
    }

    internal static Shell On(KlingTestServer server, string more = "", CaptureHost? host = null)
    {
        Shell shell = new(host);
        shell.Set("BaseUri", server.BaseUri);
        // The server's tasks take moments, and a wait would expect minutes.
        shell.Set("PSDefaultParameterValues", new DefaultParameterDictionary { ["Wait-KlingTask:PollIntervalSec"] = 0.1 });
        shell.Run($"Connect-Kling -ApiKey 'sk-0123456789abcdefWXYZ' -BaseUri $BaseUri -MaxRequestsPerSec 0 {more}").Clean();
        return shell;
    }

    internal void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    internal object? Get(string name) => _runspace.SessionStateProxy.GetVariable(name);

    internal PowerShell Script(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        return shell;
    }

    internal Result Run(string script)
    {
        using PowerShell shell = Script(script);
        List<PSObject> output = [];
        Exception? thrown = null;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException e)
        {
            thrown = e;
        }

        return new Result(output, thrown, shell.Streams);
    }

    /// <summary>The same without a thread of the caller's, and stopped when it takes too long.</summary>
    internal async Task<Result> RunAsync(string script, TimeSpan limit)
    {
        using PowerShell shell = Script(script);
        using PSDataCollection<PSObject> input = [];
        input.Complete();
        using PSDataCollection<PSObject> output = [];
        Exception? thrown = null;
        try
        {
            await shell.InvokeAsync(input, output).WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            await shell.StopAsync(null, null);
            throw;
        }
        catch (RuntimeException e)
        {
            thrown = e;
        }

        return new Result([.. output], thrown, shell.Streams);
    }

    public void Dispose() => _runspace.Dispose();
}

/// <summary>What a script wrote.</summary>
internal sealed class Result(List<PSObject> output, Exception? thrown, PSDataStreams streams)
{
    internal List<PSObject> Output { get; } = output;

    internal Exception? Thrown { get; } = thrown;

    internal List<ErrorRecord> Errors { get; } = [.. streams.Error];

    internal List<string> Warnings { get; } = [.. streams.Warning.Select(warning => warning.Message)];

    internal List<string> Verbose { get; } = [.. streams.Verbose.Select(record => record.Message)];

    internal List<string> Debug { get; } = [.. streams.Debug.Select(record => record.Message)];

    internal List<string> Information { get; } = [.. streams.Information.Select(record => $"{record}")];

    internal List<ProgressRecord> Progress { get; } = [.. streams.Progress];

    internal IEnumerable<KlingTask> Tasks => Output.Select(item => Assert.IsType<KlingTask>(item.BaseObject));

    internal KlingTask Task => Assert.Single(Tasks);

    /// <summary>The stable ids of the non-terminating errors.</summary>
    internal string[] ErrorIds => [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];

    internal ErrorRecord Terminating => Assert.IsAssignableFrom<RuntimeException>(Thrown).ErrorRecord;

    /// <summary>Fails the test when the script had any error.</summary>
    internal Result Clean()
    {
        Assert.Null(Thrown);
        Assert.Empty(Errors);
        return this;
    }
}
