using System.Management.Automation;
using KlingPS.Connection;
using KlingPS.Pipeline;
using KlingPS.Transport;

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
            bool connectsByItself = !Connections.IsDisconnected
                && ConnectionFactory.Variable(Connections.KeyVariable) is not null;
            KlingConnection? connection = Connections.Known() ?? (connectsByItself ? Connections.Current() : null);
            if (connection is not null)
            {
                WriteObject(new KlingConnectionInfo(connection));
            }
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }
}
