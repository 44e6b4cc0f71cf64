using KlingPS.Completion;
using KlingPS.Pipeline;
using KlingPS.Requests;

namespace KlingPS.Commands;

/// <summary>Shows what is known of the models. Needs no key and sends nothing.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingModel",
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingModel.md")]
[OutputType(typeof(KlingModel))]
public sealed class GetKlingModelCommand : PSCmdlet
{
    /// <summary>Names, with wildcards; all without.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        TableViews.Load(this);
        HashSet<string> written = [];
        foreach (string name in Name)
        {
            try
            {
                VideoModel[] found = Find(name);
                foreach (VideoModel model in found.Where(model => written.Add(model.Name)))
                {
                    WriteObject(new KlingModel(model));
                }
            }
            catch (KlingException e)
            {
                WriteError(ErrorRecords.From(e, name));
            }
        }
    }

    private static VideoModel[] Find(string name)
    {
        try
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            VideoModel[] found = Array.FindAll(VideoModels.All, model => pattern.IsMatch(model.Name));
            return found.Length > 0 || WildcardPattern.ContainsWildcardCharacters(name)
                ? found
                : throw KlingException.Invalid(
                    $"'{DisplayText.ToDisplay(name)}' is not a model this module knows.",
                    "Get-KlingModel lists those it knows; New-KlingVideo passes any other name on to the service.");
        }
        catch (WildcardPatternException e)
        {
            throw KlingException.Invalid($"'{DisplayText.ToDisplay(name)}' is not a valid pattern.", cause: e);
        }
    }
}
