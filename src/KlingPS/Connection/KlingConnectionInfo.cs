using KlingPS.Transport;

namespace KlingPS;

/// <summary>
/// What may be shown of a connection. Within its process it leads to the connection; no property holds a secret.
/// </summary>
public sealed class KlingConnectionInfo
{
    private readonly KlingConnection? _connection;

    private readonly ConnectionSettings _settings;

    internal KlingConnectionInfo(KlingConnection connection)
    {
        _connection = connection;
        _settings = connection.Settings;
        connection.IsPassedOn = true;
    }

    private KlingConnectionInfo() => _settings = new ConnectionSettings();

    /// <summary>Stands for a copy from a file or another process, which has no connection.</summary>
    internal static KlingConnectionInfo OfElsewhere { get; } = new();

    /// <summary>CometApi or Kling.</summary>
    public KlingProvider Provider => _settings.Provider.Id;

    /// <summary>Below this address the routes are appended.</summary>
    public Uri BaseUri => _settings.BaseUri;

    /// <summary>True when nothing is real and nothing costs.</summary>
    public bool IsSandbox => _settings.IsSandbox;

    /// <summary>Where the key came from: a parameter, an environment variable, or the sandbox.</summary>
    public string KeySource => _connection?.Key.Source ?? "";

    /// <summary>
    /// The first three and last four characters of the key, or of the access key; of a short one nothing.
    /// </summary>
    public string KeyHint => _connection?.Key.Hint ?? "";

    /// <summary>Seconds for one request.</summary>
    public int RequestTimeoutSec => (int)_settings.RequestTimeout.TotalSeconds;

    /// <summary>How often a request is sent again where that is safe.</summary>
    public int MaxRetryCount => _settings.MaxRetryCount;

    /// <summary>Of all calls together; 0 for no bound.</summary>
    public double MaxRequestsPerSec => _settings.MaxRequestsPerSec;

    /// <summary>How many tasks the connection may pay for; null for no limit.</summary>
    public int? MaxPaidTasks => _settings.MaxPaidTasks;

    /// <summary>How many tasks the account may pay for in 24 hours on this machine; null for no limit.</summary>
    public int? MaxPaidTasksPerDay => _settings.MaxPaidTasksPerDay;

    /// <summary>The proxy given with -Proxy, without its password.</summary>
    public Uri? Proxy =>
        _settings.Proxy is { } proxy ? new UriBuilder(proxy) { UserName = "", Password = "" }.Uri : null;

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
    public override string ToString() => $"{BaseUri} ({KeyHint})";
}
