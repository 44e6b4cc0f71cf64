using System.Management.Automation;
using KlingPS.Http;

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
            bool isNew = Connections.Known() is null;
            KlingConnection connection = Connections.Current();
            if (isNew)
            {
                JournalNotices.Write(this, connection.Journal);
            }

            connection.Use();
            _client = new KlingClient(connection, new PipelineTrace(Writer, Shows("Verbose"), Shows("Debug")));
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _client is { } client)
        {
            _client = null;
            client.Connection.Release();
        }
    }

    // Asked on the pipeline thread, before the work that would prepare the lines starts.
    private bool Shows(string stream) =>
        MyInvocation.BoundParameters.TryGetValue(stream, out object? given) && given is SwitchParameter wanted
            ? wanted
            : GetVariableValue(stream + "Preference") is { } preference
                && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
                && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>The kind of an id given without one: as this session or the journal knows it, else an extension.</summary>
    private protected KlingTaskKind KindOf(string taskId, KlingTaskKind? given) =>
        given ?? Client.KnownKind(taskId.Trim()) ?? KlingTaskKind.VideoExtension;
}
