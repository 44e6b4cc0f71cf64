using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace KlingPS.Quickstart;

/// <summary>What the PowerShell engine knows of the program around it.</summary>
internal sealed class SampleHost(Terminal terminal) : PSHost
{
    private readonly SampleHostInterface _interface = new(terminal);

    public override string Name => "KlingPS.Quickstart";

    public override Version Version { get; } = typeof(SampleHost).Assembly.GetName().Version ?? new Version(0, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _interface;

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <summary>Asked by a prompt only; the exit code of a script is in $LASTEXITCODE.</summary>
    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("This host has no prompt to nest.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("This host has no prompt to leave.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    internal void ClearProgress() => _interface.Progress.Clear();
}
