using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security;
using KlingPS.Journal;
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
        state.Formats.Add(
            new SessionStateFormatEntry(Path.Combine(Repository.Root, "module", "KlingPS.Format.ps1xml")));
        state.ImportPSModule([Repository.Manifest]);
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    internal static Shell OnSandbox(double taskSeconds = 0, CaptureHost? host = null)
    {
        Shell shell = new(host);
        shell.Run(
            $"Connect-Kling -Sandbox -SandboxTaskSec "
                + $"{taskSeconds.ToString(CultureInfo.InvariantCulture)}").Clean();
        return shell;
    }

    internal static Shell On(KlingTestServer server, string more = "", CaptureHost? host = null)
    {
        Shell shell = new(host);
        shell.Set("BaseUri", server.BaseUri);
        // The server's tasks take moments, and a wait would expect minutes.
        shell.Set(
            "PSDefaultParameterValues", new DefaultParameterDictionary { ["Wait-KlingTask:PollIntervalSec"] = 0.1 });
        shell.Run($"Connect-Kling {server.Credentials} -BaseUri $BaseUri -MaxRequestsPerSec 0 {more}").Clean();
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

/// <summary>What earlier waits at a server would have written into the journal.</summary>
internal static class ExpectedDurations
{
    /// <summary>Lets waits expect tasks of moments, where a cmdlet has no pace of its own.</summary>
    internal static async Task ExpectMomentsAsync(this KlingTestServer server)
    {
        foreach (KlingTaskKind kind in Enum.GetValues<KlingTaskKind>())
        {
            for (int i = 0; i < 5; i++)
            {
                await JournalLocation.Open().RecordDurationAsync(
                    server.BaseUri.Authority, kind, TimeSpan.FromSeconds(0.05), 10, CancellationToken.None);
            }
        }
    }
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

/// <summary>A host that keeps what a person would see and answers questions as told.</summary>
internal sealed class CaptureHost(int answer = 0) : PSHost
{
    internal CaptureUi Screen { get; } = new(answer);

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Capture";

    public override PSHostUserInterface UI => Screen;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}

/// <summary>The screen of <see cref="CaptureHost"/>.</summary>
internal sealed class CaptureUi(int answer) : PSHostUserInterface
{
    private readonly StringBuilder _text = new();

    internal string Text => _text.ToString();

    internal List<string> Questions { get; } = [];

    public override PSHostRawUserInterface? RawUI => null;

    public override void Write(string value) => _text.Append(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        _text.Append(value);

    public override void WriteLine(string value) => _text.AppendLine(value);

    public override void WriteErrorLine(string value) => _text.AppendLine(value);

    public override void WriteDebugLine(string message) => _text.AppendLine(message);

    public override void WriteVerboseLine(string message) => _text.AppendLine(message);

    public override void WriteWarningLine(string message) => _text.AppendLine(message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Add(message);
        return answer;
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException("Nothing prompts.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("Nothing prompts.");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw new NotSupportedException("Nothing prompts.");

    public override string ReadLine() => throw new NotSupportedException("Nothing prompts.");

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("Nothing prompts.");
}

/// <summary>The engine in a process that has done nothing else.</summary>
internal static class EngineProcess
{
    /// <summary>The lines a script wrote; one with an error fails the test.</summary>
    internal static async Task<string[]> RunAsync(string script)
    {
        using TempFolder folder = new();
        string file = folder.File("script.ps1");
        await File.WriteAllTextAsync(
            file, $"$ErrorActionPreference = 'Stop'\n{script}", TestContext.Current.CancellationToken);
        string host = Path.Combine(AppContext.BaseDirectory, "KlingPS.EngineHost.dll");
        ProcessStartInfo start =
            new("dotnet", ["exec", host, file]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["XDG_STATE_HOME"] = folder.Path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>A text as a script writes it.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

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
