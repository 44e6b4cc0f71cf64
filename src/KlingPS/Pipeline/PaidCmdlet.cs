using KlingPS.Binding;
using KlingPS.Connection;
using KlingPS.Journal;
using KlingPS.Providers;
using KlingPS.Requests;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet that pays: the question before, and the report of everything that was paid.</summary>
public abstract class PaidCmdlet : ConnectedCmdlet
{
    private readonly Queue<(KlingException Error, object? Target)> _failures = new();
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private bool _hasToldRest;
    private int _records;
    private int _shown;

    private protected PaidCmdlet() => Pump.GracePeriod = SubmitOptions.GracePeriod;

    /// <summary>Your own name for the work: shown with the task, and the name of its file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [AllowEmptyString]
    public string? Name { get; set; }

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

    private protected override bool IsDryRun => IsWhatIf;

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

    /// <summary>How what was bound is submitted.</summary>
    private protected SubmitOptions Options(TimeSpan queueTimeout) => new(queueTimeout)
    {
        IsForced = Force,
        DailyLimit = ConnectionFactory.DailyLimit(Client.Connection.Settings.MaxPaidTasksPerDay),
        Stopping = Pump.Stopping,
    };

    /// <summary>Asks before paying; with -WhatIf shows it and counts it.</summary>
    private protected bool ShouldPay(string description, string question, int tasks)
    {
        bool pays = ShouldProcess(description, question, "Confirm the paid request");
        _shown += pays ? 0 : tasks;
        return pays;
    }

    /// <summary>Writes an error, after everything that was paid if it may end the command.</summary>
    private protected void Refuse(KlingException error, object? target)
    {
        error.TaskName ??= ValueTransformationAttribute.TextOf(Name)?.Trim();
        Fail(error, target);
        WriteFailures();
    }

    /// <summary>The task to go on from; warns when it was made by another account.</summary>
    /// <exception cref="KlingException">InvalidRequest: no task, or something that is none.</exception>
    private protected string ParentId(KlingTask? given, string taskId)
    {
        if (given is null && ValueTransformationAttribute.TextOf(taskId) is null)
        {
            throw TaskCmdlet.NoTask();
        }

        if (given?.ValidationError is { } error)
        {
            throw KlingException.Invalid(error, "Pipe tasks, videos or saved files, or give -TaskId.");
        }

        taskId = TaskIds.CheckService(given?.TaskId ?? taskId);
        if (Client.WarnIfOtherAccount(taskId) is { } warning)
        {
            WriteWarning(warning);
        }

        return taskId;
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

    /// <summary>Warns of what the service may refuse; of the same only once, and not for each row of a table.</summary>
    /// <exception cref="KlingException">InvalidRequest: what it is known to refuse.</exception>
    private protected void CheckRules(VideoRequest request)
    {
        ServiceSide service = Client.Connection.Provider == Provider.Kling ? ServiceSide.Kling
            : Client.Connection.Settings.IsSandbox ? ServiceSide.Sandbox
            : ServiceSide.Gateway;
        foreach (string warning in VideoRequestRules.Check(request, service).Where(_warned.Add))
        {
            WriteWarning(warning);
        }
    }

    /// <exception cref="KlingException">InvalidRequest: out of range.</exception>
    private protected static void CheckCfgScale(double? cfgScale)
    {
        if (cfgScale is { } scale && !(scale >= 0 && scale <= 1))
        {
            throw KlingException.Invalid($"-CfgScale {scale} is not between 0 and 1.");
        }
    }

    /// <summary>Queries a task that a request is about, which is free.</summary>
    /// <param name="kind">What its object says, where nothing is known here.</param>
    private protected KlingTask Ask(string taskId, KlingTaskKind? kind)
    {
        KlingTaskKind known = Client.KnownKind(taskId) ?? kind ?? KlingTaskKind.VideoExtension;
        return WaitFor(token => Client.GetAsync(taskId, known, token));
    }

    /// <summary>
    /// A column of the row that a task was rebuilt from: the engine binds these for rows of ids only.
    /// </summary>
    private protected static T? Column<T>(KlingTask? task, string name, ArgumentTransformationAttribute transformation)
    {
        if (task?.UnboundColumns is not { } columns || !columns.TryGetValue(name, out object? value))
        {
            return default;
        }

        try
        {
            return LanguagePrimitives.ConvertTo<T>(transformation.Transform(null!, value));
        }
        catch (Exception e) when (e is ArgumentTransformationMetadataException or PSInvalidCastException)
        {
            throw KlingException.Invalid(
                $"The {name} in the row of task {task.TaskId} cannot be used: {e.Message}", cause: e);
        }
    }

    /// <summary>What is given, else the column of that name in the row of the task; null for neither.</summary>
    private protected static string? TextOf(string? given, KlingTask? task, string name) =>
        ValueTransformationAttribute.TextOf(given ?? Column<string>(task, name, new TextTransformationAttribute()));

    /// <summary>Writes a paid task, which is told with it.</summary>
    private protected void Write(KlingTask task)
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

    private protected void Fail(KlingException error, object? target)
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
    private protected void WriteFailures()
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
