using System.Security;
using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Connection;
using KlingPS.Pipeline;
using KlingPS.Transport;

namespace KlingPS.Commands;

/// <summary>Connects this runspace to the service, or to the sandbox. Sends nothing.</summary>
[Cmdlet(
    VerbsCommunications.Connect,
    "Kling",
    DefaultParameterSetName = ServiceSet,
    HelpUri = ModuleLifetime.HelpPages + "Connect-Kling.md")]
[OutputType(typeof(KlingConnectionInfo))]
public sealed class ConnectKlingCommand : PSCmdlet
{
    private const string ServiceSet = "Service";
    private const string SandboxSet = "Sandbox";
    private const string ConnectionSet = "Connection";

    // An int: the engine loads the fields of this class before the enum's assembly can be found.
    private int? _provider;

    /// <summary>
    /// CometApi or Kling. By default, Kling with -AccessKey, with an address of Kling, and where only its keys are in
    /// the environment and -BaseUri is not given; else CometApi.
    /// </summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = SandboxSet)]
    public KlingProvider Provider { get => (KlingProvider)(_provider ?? 0); set => _provider = (int)value; }

    /// <summary>
    /// The key; also a plain string. Without any key, the first that is set of $env:COMETAPI_KEY, $env:KLINGAI_API_KEY,
    /// and $env:KLINGAI_ACCESS_KEY with $env:KLINGAI_SECRET_KEY.
    /// </summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>Kling's access key, with -SecretKey: each request carries a token signed with them.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [TextTransformation]
    [ValidateNotNull]
    public string? AccessKey { get; set; }

    /// <summary>The secret key of -AccessKey; also a plain string. It is never sent.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? SecretKey { get; set; }

    /// <summary>
    /// Routes are appended below it. Without it, $env:COMETAPI_BASE_URL, else https://api.cometapi.com/kling/; with
    /// Kling, https://api-singapore.klingai.com/.
    /// </summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [UriTransformation(HidesValue = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(BaseUriCompleter))]
    public Uri? BaseUri { get; set; }

    /// <summary>Seconds for one request.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 86_400)]
    public int RequestTimeoutSec { get; set; } = 100;

    /// <summary>How often a request is sent again where that is safe.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(0, 100)]
    public int MaxRetryCount { get; set; } = 4;

    /// <summary>Of all calls of the connection together; 0 for no bound.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [NumberTransformation]
    [ValidateRange(0.0, 10_000.0)]
    public double MaxRequestsPerSec { get; set; } = 20;

    /// <summary>The proxy; without it, the system's. None is used for this machine.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [UriTransformation(HidesValue = true)]
    [ValidateNotNull]
    public Uri? Proxy { get; set; }

    /// <summary>The user and password for the proxy.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [CredentialTransformation(TakesOne = true)]
    [ValidateNotNull]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>How many tasks this connection may pay for; 0 stops all.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = SandboxSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(0, int.MaxValue)]
    public int MaxPaidTasks { get; set; } = int.MaxValue;

    /// <summary>
    /// How many tasks this account may pay for on this machine in 24 hours, all processes together; 0 stops all.
    /// </summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = SandboxSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(0, int.MaxValue)]
    public int MaxPaidTasksPerDay { get; set; } = int.MaxValue;

    /// <summary>Connects to the service in memory: nothing is real, nothing costs.</summary>
    [Parameter(ParameterSetName = SandboxSet)]
    [SwitchTransformation]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>Seconds a task takes in the sandbox.</summary>
    [Parameter(ParameterSetName = SandboxSet)]
    [NumberTransformation]
    [ValidateRange(0.0, 86_400.0)]
    public double SandboxTaskSec { get; set; } = 2;

    /// <summary>The connection of another runspace of this process, to be used here too.</summary>
    [Parameter(ParameterSetName = ConnectionSet, Mandatory = true)]
    [ConnectionTransformation(TakesOne = true)]
    [ValidateNotNull]
    public KlingConnectionInfo? Connection { get; set; }

    /// <summary>Emits what Get-KlingConnection shows.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            // Nobody who asks for the sandbox may be connected to the service, which charges.
            if (ParameterSetName == SandboxSet && !MyInvocation.BoundParameters.ContainsKey(nameof(Sandbox)))
            {
                throw KlingException.Invalid("Nothing was connected, because -Sandbox is not given.", "Add -Sandbox.");
            }

            KlingConnection connection = Connection is not null ? Connection.Use()
                : Sandbox ? SandboxConnection.Create(
                    Providers.Provider.Of(Provider),
                    TimeSpan.FromSeconds(SandboxTaskSec),
                    Limited(new ConnectionSettings()))
                : ToService();
            Connections.Set(connection, isExplicit: true);
            TableViews.Load(this);
            JournalNotices.Write(this, connection);
            if (Proxy is not null && connection.Settings.BaseUri.IsLoopback)
            {
                WriteWarning(
                    "The service is on this machine, so requests to it do not use the proxy; "
                    + "only downloads from other hosts do.");
            }

            if (PassThru)
            {
                WriteObject(new KlingConnectionInfo(connection));
            }
        }
        catch (KlingException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, BaseAddress.ToDisplay(BaseUri)));
        }
    }

    private KlingConnection ToService()
    {
        (Providers.Provider provider, ApiKey key) = ConnectionFactory.Credentials(
            (KlingProvider?)_provider, ApiKey, AccessKey, SecretKey, BaseUri);
        return KlingConnection.ToService(Settings(provider), key);
    }

    private ConnectionSettings Limited(ConnectionSettings settings) => settings with
    {
        MaxPaidTasks = Given(nameof(MaxPaidTasks), MaxPaidTasks),
        MaxPaidTasksPerDay = Given(nameof(MaxPaidTasksPerDay), MaxPaidTasksPerDay),
    };

    private int? Given(string name, int value) => MyInvocation.BoundParameters.ContainsKey(name) ? value : null;

    private ConnectionSettings Settings(Providers.Provider provider) => Limited(new ConnectionSettings
    {
        Provider = provider,
        BaseUri = ConnectionFactory.BaseUri(BaseUri, provider),
        RequestTimeout = TimeSpan.FromSeconds(RequestTimeoutSec),
        MaxRetryCount = MaxRetryCount,
        MaxRequestsPerSec = MaxRequestsPerSec,
        Proxy = ConnectionFactory.Proxy(Proxy),
        ProxyCredential = ConnectionFactory.ProxyCredential(ProxyCredential, Proxy),
    });
}
