using KlingPS.Binding;
using KlingPS.Gallery;
using KlingPS.Pipeline;
using KlingPS.Saving;

namespace KlingPS.Commands;

/// <summary>Makes one HTML page of videos, beside their files. Needs no key and sends nothing.</summary>
[Cmdlet(
    VerbsData.Export,
    "KlingGallery",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "Export-KlingGallery.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportKlingGalleryCommand : CancellableCmdlet
{
    private GalleryReader? _reader;
    private string _page = "";
    private bool _hasRefused;

    /// <summary>What to show: files that were saved, tasks, or videos.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>The folder for index.html, or a file that ends in .html or .htm.</summary>
    [Parameter(Position = 0)]
    [TextTransformation]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>The heading of the page.</summary>
    [Parameter]
    [TextTransformation]
    [AllowEmptyString]
    public string? Title { get; set; }

    /// <summary>Replaces a file that is not a gallery.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the page as a file object.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _page = FilePaths.Resolve(this, Path, KlingError.FileNotWritable);
            bool isFile = System.IO.Path.GetExtension(_page).ToUpperInvariant() is ".HTML" or ".HTM"
                && !Directory.Exists(_page);
            _page = isFile ? _page : System.IO.Path.Combine(_page, "index.html");
            _reader = new GalleryReader(this, _page);
        }
        catch (KlingException e)
        {
            WriteError(e, Path);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject? given in InputObject ?? [])
        {
            try
            {
                if (_reader?.Read(given) == false)
                {
                    string? file = _reader.Line(PSObjectReader.Of(given)?.Text("FullName"));
                    WriteVerbose($"'{file}' was left out, because it is not a video file or does not exist.");
                }
            }
            catch (KlingException e)
            {
                _hasRefused = true;
                WriteError(e, given);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_reader is not null)
        {
            CatchToError(_page, () => Export(_reader));
        }
    }

    private void Export(GalleryReader reader)
    {
        GalleryItems items = reader.Items;
        if (items.Count == 0)
        {
            // What comes before has made nothing under -WhatIf.
            if (!_hasRefused && !IsWhatIf)
            {
                throw KlingException.Invalid(
                    "No video was given.", "Pipe what Save-KlingVideo, Wait-KlingTask or Get-KlingTask writes.");
            }

            return;
        }

        if (ShouldProcess(_page, items.Count == 1 ? "Export 1 video" : $"Export {items.Count} videos"))
        {
            DestinationResolver.MakeFolder(_page);
            string title = reader.Line(ValueTransformationAttribute.TextOf(Title)) ?? "Kling videos";
            GalleryPage.Save(items, title, _page, Force);
            if (PassThru)
            {
                WriteObject(DestinationResolver.Item(this, _page));
            }
        }
    }
}
