using KlingPS.Transport;

namespace KlingPS;

/// <summary>
/// What may be shown of a connection. Within its process it leads to the connection; no property holds a secret.
/// </summary>
public sealed class KlingConnectionInfo
{
    private readonly KlingConnection? _connection;

    // An int: the engine loads the fields of this class before the enum's assembly can be found.
    private readonly int _provider;

    internal KlingConnectionInfo(KlingConnection connection)
    {
        _connection = connection;
        connection.IsPassedOn = true;
        ConnectionSettings settings = connection.Settings;
        _provider = (int)settings.Provider.Id;
        BaseUri = settings.BaseUri;
        IsSandbox = settings.IsSandbox;
        KeySource = connection.Key.Source;
        KeyHint = connection.Key.Hint;
        RequestTimeoutSec = (int)settings.RequestTimeout.TotalSeconds;
        MaxRetryCount = settings.MaxRetryCount;
        MaxRequestsPerSec = settings.MaxRequestsPerSec;
        MaxPaidTasks = settings.MaxPaidTasks;
        MaxPaidTasksPerDay = settings.MaxPaidTasksPerDay;
        Proxy = settings.Proxy is { } proxy ? new UriBuilder(proxy) { UserName = "", Password = "" }.Uri : null;
    }

    private KlingConnectionInfo()
    {
        BaseUri = new ConnectionSettings().BaseUri;
        KeySource = "";
        KeyHint = "";
    }

    /// <summary>Stands for a copy from a file or another process, which has no connection.</summary>
    internal static KlingConnectionInfo OfElsewhere { get; } = new();

    /// <summary>CometApi or Kling.</summary>
    public KlingProvider Provider => (KlingProvider)_provider;

    /// <summary>Below this address the routes are appended.</summary>
    public Uri BaseUri { get; }

    /// <summary>True when nothing is real and nothing costs.</summary>
    public bool IsSandbox { get; }

    /// <summary>Where the key came from: a parameter, an environment variable, or the sandbox.</summary>
    public string KeySource { get; }

    /// <summary>
    /// The first three and last four characters of the key, or of the access key; of a short one nothing.
    /// </summary>
    public string KeyHint { get; }

    /// <summary>Seconds for one request.</summary>
    public int RequestTimeoutSec { get; }

    /// <summary>How often a request is sent again where that is safe.</summary>
    public int MaxRetryCount { get; }

    /// <summary>Of all calls together; 0 for no bound.</summary>
    public double MaxRequestsPerSec { get; }

    /// <summary>How many tasks the connection may pay for; null for no limit.</summary>
    public int? MaxPaidTasks { get; }

    /// <summary>How many tasks the account may pay for in 24 hours on this machine; null for no limit.</summary>
    public int? MaxPaidTasksPerDay { get; }

    /// <summary>The proxy given with -Proxy, without its password.</summary>
    public Uri? Proxy { get; }

    /// <summary>Begins a use of the connection, which <see cref="KlingConnection.Release"/> ends.</summary>
    /// <exception cref="KlingException">NotConnected: it is elsewhere, or closed.</exception>
    internal KlingConnection Use() =>
        _connection is null ? throw Unusable("comes from a file or another process, and its key is not there")
        : _connection.TryUse() ? _connection
        : throw Unusable("has been closed");

    private static KlingException Unusable(string why) =>
        new(KlingError.NotConnected, $"The connection given with -Connection {why}.")
        {
            Action = "Connect again with Connect-Kling -ApiKey <key> -PassThru, and pass on what it writes.",
        };

    /// <summary>The address and the hint.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{BaseUri} ({KeyHint})";
}
