using KlingPS.Binding;
using KlingPS.Requests;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet that submits one paid task for each record.</summary>
public abstract class SubmitCmdlet : PaidCmdlet
{
    private protected SubmitCmdlet()
    {
    }

    /// <summary>How many submissions may be in flight at once.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>Seconds to wait for a slot while every slot of the account is in use.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int QueueTimeoutSec { get; set; } = 3600;

    /// <summary>
    /// Pays at most once for the same work, by its name or else by the whole request: writes the task that is there
    /// already.
    /// </summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Once { get; set; }

    /// <summary>With -Once: pays for a new task where the one that is there has failed.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter RetryFailed { get; set; }

    /// <summary>Asks, submits, and returns once another may be submitted.</summary>
    private protected void Submit(SubmitRequest request, object? target)
    {
        if (IsDryRun && Once && !request.IsAssumed && Client.TaskPaidBefore(request, Force) is { } taskId)
        {
            string unless = RetryFailed ? ", unless it has failed" : "";
            ShouldProcess($"Nothing would be sent, because task {taskId} is the same work{unless}.", "", "");
            return;
        }

        string description = Client.Describe(request);
        if (!ShouldPay(description, $"Submit a paid task? {description}", 1))
        {
            return;
        }

        SubmitOptions options = Options(TimeSpan.FromSeconds(QueueTimeoutSec)) with
        {
            IsOnce = Once,
            RetriesFailed = RetryFailed,
        };
        Pump.Start(async token =>
        {
            try
            {
                KlingTask task = await Client.SubmitAsync(request, options, token).ConfigureAwait(false);
                Pump.Post(() => Write(task));
            }
            catch (KlingException e)
            {
                e.TaskName = request.Name;
                Pump.Post(() => Fail(e, target));
            }
        });
        Drain(ThrottleLimit - 1);
        WriteFailures();
    }

    /// <exception cref="KlingException">InvalidRequest: out of range, or nothing the service could call
    /// back.</exception>
    private protected void CheckCommon(double? cfgScale, Uri? callback)
    {
        if (RetryFailed && !Once)
        {
            throw KlingException.Invalid("Nothing was sent, because -RetryFailed needs -Once.");
        }

        CheckCfgScale(cfgScale);
        if (callback is not null && WebAddress.GetValidationError(callback) is { } objection)
        {
            throw KlingException.Invalid(
                $"-CallbackUrl '{DisplayText.ToDisplay(callback.OriginalString)}' {objection}.");
        }
    }
}
