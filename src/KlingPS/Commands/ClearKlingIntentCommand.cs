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
        if (ShouldProcess(intent.ToString(), "Settle the submission without asking the service"))
        {
            CatchToError(intent, () => WaitFor(async token =>
            {
                await Client.Connection.Journal.RecordOutcomeAsync(
                    intent.Entry, JournalEvent.Cleared, cancellationToken: token).ConfigureAwait(false);
                return true;
            }));
        }
    }
}
