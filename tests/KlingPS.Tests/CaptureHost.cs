using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace KlingPS.Tests;

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

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => _text.Append(value);

    public override void WriteLine(string value) => _text.AppendLine(value);

    public override void WriteErrorLine(string value) => _text.AppendLine(value);

    public override void WriteDebugLine(string message) => _text.AppendLine(message);

    public override void WriteVerboseLine(string message) => _text.AppendLine(message);

    public override void WriteWarningLine(string message) => _text.AppendLine(message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Add(message);
        return answer;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException("Nothing prompts.");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
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
