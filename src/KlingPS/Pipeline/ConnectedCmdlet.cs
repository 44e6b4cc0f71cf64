using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet that calls the service over the runspace's connection.</summary>
public abstract class ConnectedCmdlet : CancellableCmdlet
{
    private KlingClient? _client;

    private protected ConnectedCmdlet()
    {
    }

    private protected KlingClient Client => _client ?? throw new InvalidOperationException("BeginProcessing has not run.");

    /// <summary>Finds the connection before anything else happens.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            _client = new KlingClient(Connections.Current(), new PipelineTrace(Writer));
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }

    /// <summary>The kind of an id given without one: as this session knows it, else an extension.</summary>
    private protected KlingTaskKind KindOf(string taskId, KlingTaskKind? given) =>
        given ?? Client.Connection.Recent.KindOf(taskId) ?? KlingTaskKind.VideoExtension;
}
