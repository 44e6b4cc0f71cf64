using System.Management.Automation;
using KlingPS.Journal;

namespace KlingPS.Pipeline;

/// <summary>What Resolve- and Clear-KlingIntent share: which intents are meant. What is in flight is left alone.</summary>
public abstract class IntentCmdlet : ConnectedCmdlet
{
    private protected IntentCmdlet()
    {
    }

    /// <summary>The intents, from Get-KlingIntent or by their ids; without any, all of the connected account.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? IntentId { get; set; }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        SubmissionState[] unsettled = Client.Connection.Journal.Unsettled();
        IEnumerable<KlingIntent> all = unsettled.Select(state => new KlingIntent(state, Client.Connection));
        KlingIntent[] meant =
        [
            .. IntentId is { } ids
                ? all.Where(intent => Array.IndexOf(ids, intent.IntentId) >= 0)
                : all.Where(intent => intent.IsThisAccount),
        ];
        foreach (KlingIntent intent in meant)
        {
            if (intent.State == KlingIntentState.InFlight)
            {
                WriteVerbose($"{intent} is in flight and was left alone.");
            }
            else
            {
                Settle(intent);
            }
        }

        if (meant.Length == 0)
        {
            WriteVerbose("There is no such intent; it may have been settled already.");
        }
    }

    /// <summary>Settles one intent.</summary>
    private protected abstract void Settle(KlingIntent intent);
}
