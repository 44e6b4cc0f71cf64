using KlingPS.Connection;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Shows the connection the next command would use; nothing when there is none.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingConnection",
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingConnection.md")]
[OutputType(typeof(KlingConnectionInfo))]
public sealed class GetKlingConnectionCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            if (Connections.CanConnect)
            {
                WriteObject(new KlingConnectionInfo(Connections.Current()));
            }
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }
}
