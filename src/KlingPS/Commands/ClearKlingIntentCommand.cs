using System.Management.Automation;
using KlingPS.Journal;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Ends the reminder of paid submissions that were stopped before their answer came. Removes no line of the journal.</summary>
[Cmdlet(VerbsCommon.Clear, "KlingIntent", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ClearKlingIntentCommand : CancellableCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The connection's own journal, where there is one: the sandbox's is not the file.
        TaskJournal journal = Connections.Known()?.Journal
            ?? new TaskJournal(JournalLocation.Open(TimeProvider.System), TimeProvider.System);
        JournalEntry[] open = journal.Unanswered();
        foreach (JournalEntry entry in open)
        {
            if (ShouldProcess(entry.Describe(), "Clear the reminder of the unanswered submission"))
            {
                Pump.Start(_ => ClearAsync(journal, entry));
                Drain();
            }
        }

        if (open.Length == 0)
        {
            WriteVerbose("The journal holds no submission without an answer.");
        }
    }

    private async Task ClearAsync(TaskJournal journal, JournalEntry entry)
    {
        try
        {
            await journal.EndAsync(entry, JournalStep.Cleared).ConfigureAwait(false);
        }
        catch (KlingException e)
        {
            Writer.Error(e, entry.SubmissionId);
        }
    }
}
