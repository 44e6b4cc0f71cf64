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
    private protected override void Settle(KlingIntent intent) => CatchToError(intent, () =>
    {
        KlingTask task = WaitFor(token => Client.ResolveAsync(intent, token));
        WriteObject(task);
        Client.Submissions.Told(task);
    });
}
