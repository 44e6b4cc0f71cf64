using System.Management.Automation;
using KlingPS.Journal;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Settles interrupted submissions without asking the service. Removes no line of the journal.</summary>
[Cmdlet(
    VerbsCommon.Clear,
    "KlingIntent",
    SupportsShouldProcess = true,
    HelpUri = ModuleLifetime.HelpPages + "Clear-KlingIntent.md")]
[OutputType(typeof(void))]
public sealed class ClearKlingIntentCommand : IntentCmdlet
{
    private protected override void Settle(KlingIntent intent)
    {
        if (!ShouldProcess(intent.ToString(), "Settle the submission without asking the service"))
        {
            return;
        }

        Complete(async token =>
        {
            try
            {
                TaskJournal journal = Client.Connection.Journal;
                await journal.RecordOutcomeAsync(
                    intent.Entry, JournalEvent.Cleared, cancellationToken: token).ConfigureAwait(false);
                return () => { };
            }
            catch (KlingException e)
            {
                return () => WriteError(e, intent);
            }
        });
    }
}
