using KlingPS.Connection;
using KlingPS.Providers;
using KlingPS.Transport;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet that calls the service over the runspace's connection.</summary>
public abstract class ConnectedCmdlet : CancellableCmdlet
{
    private const int PauseActivityId = 0x4B52;

    // Enough for one append to the journal while others write.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private KlingClient? _client;
    private volatile ProgressRecord? _pauseBar;
    private bool _isStopped;

    private protected ConnectedCmdlet() => Pauses = new WaitIndicator(ShowPause);

    private protected WaitIndicator Pauses { get; }

    private protected override ProgressRecord? Bar => _pauseBar;

    /// <summary>Whether an error ended the command, so that what it wrote may have reached nobody.</summary>
    private protected bool HasFailed { get; set; }

    /// <summary>Whether the command is only to show what it would pay for.</summary>
    private protected virtual bool IsDryRun => false;

    private protected bool IsConnected => _client is not null;

    private protected KlingClient Client =>
        _client ?? throw new InvalidOperationException("BeginProcessing has not run.");

    /// <summary>Finds the connection before anything else happens.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            bool isNew = Connections.Known() is null;
            bool needsNoKey = IsDryRun && !Connections.CanConnect;
            KlingConnection connection = needsNoKey
                ? KlingConnection.WithoutKey(new ConnectionSettings
                {
                    BaseUri = ConnectionFactory.BaseUri(null, Provider.CometApi),
                })
                : Connections.Current();
            // Before the notices: meanwhile the journal is read in the background.
            LoadViews();
            if (!IsDryRun && (isNew || this is PaidCmdlet))
            {
                JournalNotices.Write(this, connection);
            }

            connection.Use();
            if (needsNoKey)
            {
                // Closes with the command.
                connection.Dispose();
            }

            _client = new KlingClient(connection, new PipelineTrace(Writer, Pauses, Shows("Verbose"), Shows("Debug")));
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, null));
        }
    }

    /// <summary>Loads the table views before anything is written.</summary>
    private protected virtual void LoadViews() => TableViews.Load(this);

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
        Pauses.Dispose();
        if (disposing && _client is { } client)
        {
            _client = null;
            if (client.Submissions.HasBegun)
            {
                Pump.RunToEnd(token => client.Submissions.EndAsync(_isStopped, HasFailed, token), LongestEnd);
            }

            client.Connection.Release();
        }
    }

    /// <summary>Shows what requests wait for, once a second and from any thread.</summary>
    /// <param name="reason">Null once nothing waits any more.</param>
    private protected virtual void ShowPause(string? reason, TimeSpan left)
    {
        ProgressRecord bar = new(PauseActivityId, "Waiting before the next request", reason ?? "over")
        {
            SecondsRemaining = (int)Math.Ceiling(left.TotalSeconds),
            RecordType = reason is null ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
        _pauseBar = reason is null ? null : bar;
        Writer.Progress(bar);
    }

    // Decided on the pipeline thread, before any work starts.
    private bool Shows(string stream) =>
        MyInvocation.BoundParameters.TryGetValue(stream, out object? given) && given is SwitchParameter wanted
            ? wanted
            : GetVariableValue(stream + "Preference") is { } preference
                && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
                && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
