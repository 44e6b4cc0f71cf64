using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace KlingPS.Quickstart;

/// <summary>Shows what a script writes, and refuses what it asks: nobody may be there to answer.</summary>
internal sealed class SampleHostInterface(Terminal terminal) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new SampleHostRawInterface();

    public override bool SupportsVirtualTerminal => terminal.OutputInColour;

    internal ProgressLine Progress { get; } = new(terminal);

    public override void Write(string value) => terminal.Write(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        terminal.Write(value);

    public override void WriteLine(string value) => terminal.WriteLine(value);

    public override void WriteErrorLine(string value) => terminal.WriteError(value);

    public override void WriteWarningLine(string message) => terminal.WriteWarning(message);

    public override void WriteVerboseLine(string message) => terminal.WriteNote("Verbose: " + message);

    public override void WriteDebugLine(string message) => terminal.WriteNote("Debug: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => Progress.Update(sourceId, record);

    public override string ReadLine() => throw CannotAsk("a line of input");

    public override SecureString ReadLineAsSecureString() => throw CannotAsk("a secret");

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) =>
        throw CannotAsk(string.Join(", ", descriptions.Select(field => "-" + field.Name)));

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        throw CannotAsk($"a choice ({caption} {message})");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw CannotAsk("a credential");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw CannotAsk("a credential");

    private static HostException CannotAsk(string what) => new(
        $"The script asks for {what}, and Quickstart asks nobody. Give it as an argument of the script.");
}
