using System.Collections;
using System.Security;
using KlingPS.Binding;
using KlingPS.Callbacks;
using KlingPS.Connection;
using KlingPS.Pipeline;
using KlingPS.Transport;

namespace KlingPS.Commands;

/// <summary>Reads what the service sends to a -CallbackUrl. Needs no connection and sends nothing.</summary>
[Cmdlet(
    VerbsData.ConvertFrom,
    "KlingCallback",
    DefaultParameterSetName = UnsignedSet,
    HelpUri = ModuleLifetime.HelpPages + "ConvertFrom-KlingCallback.md")]
[OutputType(typeof(KlingTask))]
public sealed class ConvertFromKlingCallbackCommand : PSCmdlet
{
    private const string UnsignedSet = "Unsigned";
    private const string SignedSet = "Signed";

    private int? _kind;

    /// <summary>The raw body: a string, or its bytes as one array.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    /// <summary>
    /// The kind of the task, which no callback says; by default as this session or its journal knows it, else
    /// VideoExtension.
    /// </summary>
    [Parameter]
    [KindTransformation]
    public KlingTaskKind? Kind { get => (KlingTaskKind?)_kind; set => _kind = (int?)value; }

    /// <summary>The headers of the same request.</summary>
    [Parameter(ParameterSetName = SignedSet)]
    [HeadersTransformation]
    [ValidateNotNull]
    public IDictionary? Headers { get; set; }

    /// <summary>The secret of the signature, whsec_ and base64; more than one while it is exchanged.</summary>
    [Parameter(ParameterSetName = SignedSet)]
    [WebhookSecretTransformation]
    [ValidateNotNullOrEmpty]
    public SecureString[] Secret { get; set; } = [];

    /// <summary>
    /// How many seconds the time of the signature may be from the clock here. The specification's usual bound is 300.
    /// </summary>
    [Parameter(ParameterSetName = SignedSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 604_800)]
    public int ToleranceSec { get; set; } = 300;

    /// <inheritdoc/>
    protected override void BeginProcessing() => TableViews.Load(this);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingConnection? connection = Connections.Known();
        string? key = connection?.Key.Reveal();
        object? body = InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject;
        try
        {
            WriteObject(Read(body, connection, key));
        }
        catch (KlingException e)
        {
            WriteError(ErrorRecords.From(e, Shown(body, key)));
        }
    }

    private KlingTask Read(object? body, KlingConnection? connection, string? key)
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            throw KlingException.Invalid("No body was given.", "Pipe the raw body or give -InputObject.");
        }

        // Nobody may take an unsigned callback for a signed one because the other half was forgotten.
        if (ParameterSetName == SignedSet && (Headers is null || Secret.Length == 0))
        {
            throw KlingException.Invalid(
                "The signature was not checked, because only one of -Headers and -Secret was given.",
                "Give both, or neither for an unsigned callback.");
        }

        byte[] bytes = body switch
        {
            null => throw CallbackReader.Invalid("The body is empty."),
            string text => CallbackReader.BytesOf(text),
            byte[] raw => CallbackReader.BytesOf(raw),
            byte =>
                throw CallbackReader.Invalid(
                    "A single byte is not a body; keep an array of bytes together in the pipeline with a comma: "
                        + ",$bytes."),
            _ =>
                throw CallbackReader.Invalid(
                    $"A {body.GetType().Name} is not a raw body; parsing has lost what the signature covers."),
        };
        DateTimeOffset now = Platform.Now;
        if (ParameterSetName == SignedSet)
        {
            WebhookSignature.Check(
                bytes,
                WebhookHeaders.From(Headers!),
                Secret.Select(SecureStringTransformationAttribute.Reveal),
                TimeSpan.FromSeconds(ToleranceSec),
                now);
        }

        return CallbackReader.Read(bytes, taskId => KindOf(taskId, connection), key, now);
    }

    private KlingTaskKind KindOf(string taskId, KlingConnection? connection) =>
        Kind ?? (
            connection is null ? null : new KlingClient(connection).KnownKind(taskId)) ?? KlingTaskKind.VideoExtension;

    // The whole body would put signed URLs into the displayed error.
    private static string? Shown(object? body, string? key) => body switch
    {
        string text => CallbackReader.Shown(text, key),
        byte[] raw => CallbackReader.Shown(raw, key),
        _ => body?.GetType().Name,
    };
}
