using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>What the two paid cmdlets share: the request's common parameters, the question before it, and the submission.</summary>
public abstract class SubmitCmdlet : ConnectedCmdlet
{
    private readonly Queue<(KlingException Error, object? Target)> _failures = new();

    private protected SubmitCmdlet()
    {
    }

    /// <summary>How many submissions may be in flight at once.</summary>
    [Parameter]
    [Number(IsWhole = true)]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>Seconds to wait for a slot while every slot of the account is in use.</summary>
    [Parameter]
    [Number(IsWhole = true)]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int QueueTimeoutSec { get; set; } = 3600;

    /// <summary>Emits what is still in flight.</summary>
    protected override void EndProcessing()
    {
        Drain();
        WriteFailures();
    }

    /// <summary>Asks, submits, and returns once another may be submitted.</summary>
    /// <param name="request">Checked already.</param>
    /// <param name="target">What an error is about.</param>
    private protected void Submit(SubmitRequest request, object? target)
    {
        string description = Client.Describe(request);
        if (!ShouldProcess(description, $"Submit a paid task? {description}", "Confirm the paid request"))
        {
            return;
        }

        Pump.Start(async token =>
        {
            try
            {
                TimeSpan queue = TimeSpan.FromSeconds(QueueTimeoutSec);
                Writer.Output(await Client.SubmitAsync(request, queue, token).ConfigureAwait(false));
            }
            catch (KlingException e)
            {
                Pump.Post(() => _failures.Enqueue((e, target)));
            }
        });
        Drain(ThrottleLimit - 1);
        WriteFailures();
    }

    /// <summary>Writes an error once everything in flight is in: an error may end the command, and what is paid must be written.</summary>
    private protected void Refuse(KlingException error, object? target)
    {
        _failures.Enqueue((error, target));
        WriteFailures();
    }

    private void WriteFailures()
    {
        if (_failures.Count > 0)
        {
            Drain();
        }

        while (_failures.Count > 0)
        {
            (KlingException error, object? target) = _failures.Dequeue();
            WriteError(error, target);
        }
    }

    /// <summary>Warns of a prompt the gateway may refuse.</summary>
    /// <exception cref="KlingException">PromptTooLong.</exception>
    private protected void CheckPrompt(string name, string? text, int documented)
    {
        if (PromptRules.Check(name, text, documented) is { } warning)
        {
            WriteWarning(warning);
        }
    }

    /// <exception cref="KlingException">InvalidRequest: out of range, or nothing the service could call back.</exception>
    private protected static void CheckCommon(double? cfgScale, Uri? callback)
    {
        if (cfgScale is { } scale && !(scale >= 0 && scale <= 1))
        {
            throw new KlingException(KlingError.InvalidRequest, $"-CfgScale {scale} is not between 0 and 1.");
        }

        if (callback is not null && WebAddress.Objection(callback) is { } objection)
        {
            throw new KlingException(
                KlingError.InvalidRequest,
                $"-CallbackUrl '{Characters.Shown(callback.OriginalString)}' {objection}.");
        }
    }
}
