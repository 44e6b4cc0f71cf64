namespace KlingPS.Pipeline;

/// <summary>
/// What Resolve- and Clear-KlingIntent share: which intents are meant. What is in flight is left alone.
/// </summary>
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
        KlingIntent[] all =
        [
            .. Client.Connection.Journal.Unsettled().Select(
                state => new KlingIntent(state, Client.Connection.Owns(state.Entry))),
        ];
        if (IntentId is null)
        {
            Array.ForEach(Array.FindAll(all, intent => intent.IsThisAccount), SettleUnlessInFlight);
            return;
        }

        foreach (string id in IntentId)
        {
            if (Array.Find(all, intent => intent.IntentId == id) is { } intent)
            {
                SettleUnlessInFlight(intent);
            }
            else
            {
                string what = $"There is no unsettled intent '{DisplayText.ToDisplay(id)}'; it may already be settled.";
                WriteError(
                    new KlingException(
                        KlingError.IntentUnresolved, what) { Action = "Get-KlingIntent lists what is unsettled." },
                    id);
            }
        }
    }

    private void SettleUnlessInFlight(KlingIntent intent)
    {
        if (intent.State == KlingIntentState.InFlight)
        {
            WriteVerbose($"{intent} is still in flight and was left alone.");
        }
        else
        {
            Settle(intent);
        }
    }

    /// <summary>Settles one intent.</summary>
    private protected abstract void Settle(KlingIntent intent);
}
