using KlingPS.Binding;
using KlingPS.Clips;
using KlingPS.Pipeline;
using KlingPS.Saving;

namespace KlingPS.Commands;

/// <summary>Joins clips to one video, in the order in which they come.</summary>
[Cmdlet(
    VerbsCommon.Join,
    "KlingVideo",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "Join-KlingVideo.md")]
[OutputType(typeof(FileInfo))]
public sealed class JoinKlingVideoCommand : CancellableCmdlet, IDynamicParameters
{
    private const int ActivityId = 0x4B53;

    private static readonly string[] Extensions = [".mp4", ".m4v", ".mov"];

    private readonly PipelineInput _piped = new(new VideoNameTransformationAttribute());
    private readonly List<string> _clips = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private ProgressRecord? _bar;

    /// <summary>The clips: paths, wildcards, or files as Save-KlingVideo and Get-ChildItem write them.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [PathTransformation]
    [SupportsWildcards]
    [ValidateNotNull]
    public string[] Path { get; set; } = [];

    /// <summary>The file to make; it ends in .mp4, .m4v or .mov.</summary>
    [Parameter(Position = 1)]
    [TextTransformation]
    [AllowEmptyString]
    public string? Destination { get; set; }

    /// <summary>Replaces a file that is there already.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Force { get; set; }

    private protected override ProgressRecord? Bar => _bar;

    /// <summary>Lets the cmdlet see the name of a saved file's video.</summary>
    /// <returns>A parameter for it where something is piped, else null.</returns>
    public object? GetDynamicParameters() => MyInvocation.ExpectingInput ? _piped.Parameter() : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _clips.AddRange(Path);
        _names.UnionWith(_piped.Items.OfType<string>());
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        CatchToError(Destination, Join);
        base.EndProcessing();
    }

    private void Join()
    {
        string[] clips = [.. _clips.SelectMany(Resolve)];
        if (clips.Length == 0)
        {
            throw KlingException.Invalid(
                "No clip was given.", "Pipe the files that Save-KlingVideo writes, or give -Path.");
        }

        string path = Target(clips);
        string what = clips.Length == 1 ? "Join 1 clip" : $"Join {clips.Length} clips";
        if (!ShouldProcess(path, what))
        {
            return;
        }

        Ffmpeg ffmpeg = Ffmpeg.Find();
        DestinationResolver.MakeFolder(path);
        _bar = new ProgressRecord(ActivityId, "Joining Kling videos", what + " to " + DisplayText.ToDisplay(path));
        WriteProgress(_bar);
        WriteVerbose(WaitFor(token => ClipJoiner.JoinAsync(ffmpeg, clips, path, Force, token))
            ? "The clips differ in format, so they were encoded to that of the first."
            : "The clips agree in format, so they were copied as they are.");
        WriteObject(Joined(path));
    }

    // A file of exactly this name comes first: brackets are wildcards too.
    private IEnumerable<string> Resolve(string path)
    {
        string resolved = FilePaths.Resolve(this, path, KlingError.JoinFailed);
        if (!WildcardPattern.ContainsWildcardCharacters(path) || File.Exists(resolved))
        {
            return [resolved];
        }

        try
        {
            string[] found = [.. SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _)];
            Array.Sort(found, StringComparer.OrdinalIgnoreCase);
            return found.Length > 0 ? found : [resolved];
        }
        catch (ItemNotFoundException)
        {
            return [resolved];
        }
    }

    private string Target(string[] clips)
    {
        string given = ValueTransformationAttribute.TextOf(Destination)
            ?? throw KlingException.Invalid("No destination was given.", "Give the file to make with -Destination.");
        string path = FilePaths.Resolve(this, given, KlingError.FileNotWritable);
        if (!Extensions.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
            || Directory.Exists(path))
        {
            throw KlingException.Invalid(
                $"The destination '{DisplayText.ToDisplay(given)}' is not a file that ends in .mp4, .m4v or .mov.");
        }

        if (clips.Contains(path, Platform.PathComparer))
        {
            throw KlingException.Invalid(
                $"'{DisplayText.ToDisplay(path)}' is both a clip and the destination.", "Give another -Destination.");
        }

        return !Force && File.Exists(path) ? throw ClipJoiner.Exists(path) : path;
    }

    private PSObject Joined(string path)
    {
        PSObject file = DestinationResolver.Item(this, path);
        // One name of all, or none.
        file.Properties.Add(new PSNoteProperty(
            "VideoName", _names.Count == 1 && _names.Single() is { Length: > 0 } name ? name : null));
        return file;
    }
}
