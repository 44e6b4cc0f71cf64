using System.Management.Automation;
using KlingPS.Http;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet that calls the service over the runspace's connection.</summary>
public abstract class ConnectedCmdlet : CancellableCmdlet
{
    // As long as one append to the journal may take while others write.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private KlingClient? _client;
    private bool _isStopped;

    private protected ConnectedCmdlet()
    {
    }

    private protected bool IsConnected => _client is not null;

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
                JournalNotices.Write(this, connection);
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
    protected override void StopProcessing()
    {
        _isStopped = true;
        base.StopProcessing();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _client is { } client)
        {
            _client = null;
            if (client.Submissions.HasBegun)
            {
                Pump.RunToEnd(token => client.Submissions.EndAsync(_isStopped, token), LongestEnd);
            }

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
