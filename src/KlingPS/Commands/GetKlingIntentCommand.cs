using KlingPS.Connection;
using KlingPS.Journal;
using KlingPS.Pipeline;
using KlingPS.Transport;

namespace KlingPS.Commands;

/// <summary>Lists the paid submissions of which nobody knows whether they created a task. Sends nothing.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingIntent",
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingIntent.md")]
[OutputType(typeof(KlingIntent))]
public sealed class GetKlingIntentCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingConnection? connection = Connection();
        TaskJournal journal = connection?.Journal ?? JournalLocation.Open();
        SubmissionState[] unsettled = journal.Unsettled();
        if (journal.TakeWarning() is { } warning)
        {
            WriteWarning(DisplayText.ToLines(warning));
        }

        WriteObject(
            unsettled.Select(state => new KlingIntent(state, connection?.Owns(state.Entry) == true)),
            enumerateCollection: true);
    }

    // The journal can be read without a connection; whose intents they are is unknown then.
    private KlingConnection? Connection()
    {
        try
        {
            bool isNew = Connections.Known() is null;
            KlingConnection connection = Connections.Current();
            if (isNew)
            {
                JournalNotices.Write(this, connection);
            }

            return connection;
        }
        catch (KlingException)
        {
            return null;
        }
    }
}
