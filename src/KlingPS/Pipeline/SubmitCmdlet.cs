using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Connection;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Pipeline;

/// <summary>
/// What the two paid cmdlets share: the request's common parameters, the question before it, and the submission.
/// </summary>
public abstract class SubmitCmdlet : ConnectedCmdlet
{
    private readonly Queue<(KlingException Error, object? Target)> _failures = new();
    private bool _hasToldRest;
    private int _records;
    private int _shown;

    private protected SubmitCmdlet() => Pump.GracePeriod = SubmitOptions.GracePeriod;

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

    /// <summary>Your own name for the work: shown with the task, and the name of its file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? Name { get; set; }

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

    /// <summary>Sends a request also when an equal one was sent before and may have created a task.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Force { get; set; }

    /// <summary>The name of the record's work, or null.</summary>
    private protected string? GivenName
    {
        get
        {
            string? name = TaskIds.CheckName(ValueTransformationAttribute.TextOf(Name));
            return IsNameGiven && _records > 1
                ? throw KlingException.Invalid(
                    $"Nothing was sent: -Name '{name}' is taken by the first of several.",
                    "Give each its own name by a Name column, or by -Name { $_.<property> }.")
                : name;
        }
    }

    /// <summary>Whether -Name is given on the command line as a text, which is for one record only.</summary>
    private protected bool IsNameGiven { get; private set; }

    /// <summary>Whether -Name is given on the command line, as a text or as a script block.</summary>
    private protected bool HasNameArgument { get; private set; }

    private protected override bool IsDryRun =>
        LanguagePrimitives.IsTrue(
            MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
                ? given
                : GetVariableValue("WhatIfPreference"));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Pipeline input is not bound yet.
        IsNameGiven = Name is not null;
        HasNameArgument = MyInvocation.BoundParameters.ContainsKey(nameof(Name));
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        _records++;
        ReportRestOnError(Record);
    }

    /// <summary>Emits what is still in flight.</summary>
    protected override void EndProcessing() => ReportRestOnError(() =>
    {
        Drain();
        ClearBar();
        if (IsDryRun && _shown > 0)
        {
            string tasks = _shown == 1 ? "1 paid task" : $"{_shown} paid tasks";
            ShouldProcess($"{tasks} would be submitted.", "", "");
        }

        WriteFailures();
    });

    /// <summary>
    /// Waits a little for paid requests on the wire, also where upstream failed or downstream has enough.
    /// </summary>
    /// <param name="disposing">False from a finalizer, which this class has not.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing && IsConnected)
        {
            Pump.Close();
            TellRest();
        }

        base.Dispose(disposing);
    }

    /// <summary>Checks and submits what was bound.</summary>
    private protected abstract void Record();

    /// <summary>Asks, submits, and returns once another may be submitted.</summary>
    private protected void Submit(SubmitRequest request, object? target)
    {
        if (IsDryRun && Once && Client.TaskPaidBefore(request) is { } taskId)
        {
            string unless = RetryFailed ? ", unless it has failed" : "";
            ShouldProcess($"Nothing would be sent, because task {taskId} is the same work{unless}.", "", "");
            return;
        }

        string description = Client.Describe(request);
        if (!ShouldProcess(description, $"Submit a paid task? {description}", "Confirm the paid request"))
        {
            _shown++;
            return;
        }

        SubmitOptions options = new(TimeSpan.FromSeconds(QueueTimeoutSec))
        {
            IsForced = Force,
            IsOnce = Once,
            RetriesFailed = RetryFailed,
            DailyLimit = ConnectionFactory.DailyLimit(Client.Connection.Settings.MaxPaidTasksPerDay),
            Stopping = Pump.Stopping,
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

    /// <summary>Writes an error, after everything that was paid if it may end the command.</summary>
    private protected void Refuse(KlingException error, object? target)
    {
        error.TaskName ??= ValueTransformationAttribute.TextOf(Name)?.Trim();
        Fail(error, target);
        WriteFailures();
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

    /// <exception cref="KlingException">InvalidRequest: out of range, or nothing the service could call
    /// back.</exception>
    private protected void CheckCommon(double? cfgScale, Uri? callback)
    {
        if (RetryFailed && !Once)
        {
            throw KlingException.Invalid("Nothing was sent, because -RetryFailed needs -Once.");
        }

        if (cfgScale is { } scale && !(scale >= 0 && scale <= 1))
        {
            throw KlingException.Invalid($"-CfgScale {scale} is not between 0 and 1.");
        }

        if (callback is not null && WebAddress.GetValidationError(callback) is { } objection)
        {
            throw KlingException.Invalid(
                $"-CallbackUrl '{DisplayText.ToDisplay(callback.OriginalString)}' {objection}.");
        }
    }

    /// <summary>Queries a task that a request is about, which is free.</summary>
    /// <param name="kind">What its object says, where nothing is known here.</param>
    private protected KlingTask Ask(string taskId, KlingTaskKind? kind)
    {
        KlingTask? task = null;
        KlingException? error = null;
        KlingTaskKind known = Client.KnownKind(taskId) ?? kind ?? KlingTaskKind.VideoExtension;
        Complete(async token =>
        {
            try
            {
                KlingTask asked = await Client.GetAsync(taskId, known, token).ConfigureAwait(false);
                return () => task = asked;
            }
            catch (KlingException e)
            {
                return () => error = e;
            }
        });
        // After Ctrl+C there is neither.
        return task ?? throw (error ?? (Exception)new PipelineStoppedException());
    }

    private void Write(KlingTask task)
    {
        try
        {
            WriteObject(task);
        }
        catch (FlowControlException)
        {
            // Downstream took the task and stopped.
            Client.Submissions.Told(task);
            throw;
        }

        Client.Submissions.Told(task);
    }

    private void Fail(KlingException error, object? target)
    {
        if (EndsOnError)
        {
            _failures.Enqueue((error, target));
            return;
        }

        WriteError(error, target);
        Client.Submissions.Told(error);
    }

    // The engine ends the command at the first error, so the others are written before it as warnings.
    private void WriteFailures()
    {
        if (_failures.Count == 0)
        {
            return;
        }

        Pump.CancelAfter(SubmitOptions.GracePeriod);
        Drain();
        while (_failures.Count > 1)
        {
            (KlingException other, _) = _failures.Dequeue();
            WriteWarning(other.Message);
            if (JournalNotices.AreWarningsSeen(this))
            {
                Client.Submissions.Told(other);
            }
        }

        (KlingException last, object? target) = _failures.Dequeue();
        TellRest(except: last);
        Client.Submissions.Told(last);
        WriteError(last, target);
    }

    private void ReportRestOnError(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e)
        {
            Pump.Close();
            TellRest();
            // Written tasks may be lost with the pipeline: an assignment keeps nothing then.
            HasFailed |= e is not FlowControlException;
            throw;
        }
    }

    // However the command ends, paid work that was not written is named: by a warning, else on the host's
    // screen, and then by the next session too.
    private void TellRest(KlingException? except = null)
    {
        JournalEntry[] rest = [.. Client.Submissions.Untold.Where(entry => entry.Id != except?.IntentId)];
        if (rest.Length == 0 || _hasToldRest)
        {
            return;
        }

        _hasToldRest = true;
        string text = JournalNotices.Text(rest, Client.Connection);
        try
        {
            WriteWarning(text);
            if (JournalNotices.AreWarningsSeen(this))
            {
                Client.Submissions.Told(rest.Take(JournalNotices.MostNamed));
            }
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            ShowInHost(text);
        }
    }

    private void ShowInHost(string warning)
    {
        try
        {
            Host?.UI?.WriteWarningLine(warning);
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException or NotImplementedException
            or NotSupportedException)
        {
            // A host without a screen.
        }
    }
}
