using System.Management.Automation;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Asks the service what became of interrupted submissions, and writes the tasks it finds. Free.</summary>
[Cmdlet(
    VerbsDiagnostic.Resolve,
    "KlingIntent",
    HelpUri = ModuleLifetime.HelpPages + "Resolve-KlingIntent.md")]
[OutputType(typeof(KlingTask))]
public sealed class ResolveKlingIntentCommand : IntentCmdlet
{
    private protected override void Settle(KlingIntent intent) => Complete(async token =>
    {
        try
        {
            KlingTask task = await Client.ResolveAsync(intent, token).ConfigureAwait(false);
            return () =>
            {
                WriteObject(task);
                Client.Submissions.Told(task);
            };
        }
        catch (KlingException e)
        {
            return () => WriteError(e, intent);
        }
    });
}
