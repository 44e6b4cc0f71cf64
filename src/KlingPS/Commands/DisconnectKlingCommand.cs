using KlingPS.Connection;

namespace KlingPS.Commands;

/// <summary>Forgets this runspace's connection and its key. Tasks at the service go on.</summary>
[Cmdlet(
    VerbsCommunications.Disconnect,
    "Kling",
    HelpUri = ModuleLifetime.HelpPages + "Disconnect-Kling.md")]
[OutputType(typeof(void))]
public sealed class DisconnectKlingCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteVerbose(Connections.Disconnect() ? "Disconnected." : "There was no connection.");
}
