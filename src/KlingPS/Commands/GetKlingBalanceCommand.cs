using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Asks what the account has left. Free, and changes nothing.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingBalance",
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingBalance.md")]
[OutputType(typeof(KlingBalance))]
public sealed class GetKlingBalanceCommand : ConnectedCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        CatchToError(null, () => WriteObject(WaitFor(Client.GetBalanceAsync), enumerateCollection: true));
}
