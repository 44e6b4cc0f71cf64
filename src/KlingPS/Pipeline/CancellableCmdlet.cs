using System.Runtime.ExceptionServices;
namespace KlingPS.Pipeline;

/// <summary>A cmdlet with work off the pipeline thread that ends whenever the cmdlet does.</summary>
public abstract class CancellableCmdlet : PSCmdlet, IDisposable
{
    // The parameter sets of those that take tasks.
    private protected const string TaskSet = "Task";
    private protected const string IdsSet = "Ids";

    private PipelineWriter? _writer;

    private protected CancellableCmdlet()
    {
    }

    private protected Pump Pump { get; } = new();

    private protected PipelineWriter Writer => _writer ??= new PipelineWriter(Pump, this);

    /// <summary>Whether the first error that is written ends the command.</summary>
    private protected bool EndsOnError =>
        LanguagePrimitives.TryConvertTo(
            MyInvocation.BoundParameters.TryGetValue("ErrorAction", out object? given)
                ? given
                : GetVariableValue("ErrorActionPreference"),
            out ActionPreference action)
        && action is ActionPreference.Stop;

    /// <summary>Cancels what is in flight; the pipeline thread waits for it.</summary>
    protected override void StopProcessing() => Pump.Cancel();

    /// <summary>Waits for what is in flight and writes it.</summary>
    protected override void EndProcessing()
    {
        Drain();
        ClearBar();
    }

    /// <summary>
    /// Called in every case, also where upstream failed or downstream has enough and EndProcessing is skipped.
    /// </summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels what is in flight and waits for it.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Pump.Dispose();
        }
    }

    // Messages may quote the service, a row or the journal, so they are made safe for terminals here.
    private protected new void WriteWarning(string text) => base.WriteWarning(DisplayText.ToLines(text));

    private protected new void WriteVerbose(string text) => base.WriteVerbose(DisplayText.ToLines(text));

    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(DisplayText.ToLines(target), DisplayText.ToLines(action));

    private protected new bool ShouldProcess(string description, string question, string caption) =>
        base.ShouldProcess(DisplayText.ToLines(description), DisplayText.ToLines(question), caption);

    /// <summary>Writes a non-terminating error from the pipeline thread.</summary>
    private protected void WriteError(KlingException error, object? target) =>
        WriteError(ErrorRecords.From(error, target));

    /// <summary>Does it, or writes why it could not be done.</summary>
    private protected void CatchToError(object? target, Action act) => ClearingBarOnError(() =>
    {
        try
        {
            act();
        }
        catch (KlingException e)
        {
            WriteError(e, target);
        }
    });

    private protected bool IsWhatIf =>
        LanguagePrimitives.IsTrue(
            MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
                ? given
                : GetVariableValue("WhatIfPreference"));

    /// <summary>The bar on show, for a cmdlet that has one.</summary>
    private protected virtual ProgressRecord? Bar => null;

    /// <summary>Writes what is ready, without waiting.</summary>
    private protected void TakeReady() => ClearingBarOnError(Pump.TakeReady);

    /// <summary>Writes what comes until at most so many works are left.</summary>
    private protected void Drain(int leave = 0) => ClearingBarOnError(() => Pump.Drain(leave));

    /// <summary>Does work, waits for its end, writes what comes, and last does what the work says.</summary>
    private protected void Complete(Func<CancellationToken, Task<Action>> work, Action? meanwhile = null) =>
        ClearingBarOnError(() => Pump.Complete(work, meanwhile));

    /// <summary>Does work, and waits for what it gives.</summary>
    /// <exception cref="KlingException">The work's own.</exception>
    private protected T WaitFor<T>(Func<CancellationToken, Task<T>> work, Action? meanwhile = null)
    {
        T result = default!;
        bool isDone = false;
        ExceptionDispatchInfo? error = null;
        Complete(
            async token =>
            {
                try
                {
                    T given = await work(token).ConfigureAwait(false);
                    return () => (result, isDone) = (given, true);
                }
                catch (KlingException e)
                {
                    return () => error = ExceptionDispatchInfo.Capture(e);
                }
            },
            meanwhile);
        error?.Throw();
        // After Ctrl+C there is neither.
        return isDone ? result : throw new PipelineStoppedException();
    }

    /// <summary>Removes the bar; a stopped pipeline takes no more records and clears it itself.</summary>
    private protected void ClearBar()
    {
        if (Bar is not { } shown)
        {
            return;
        }

        try
        {
            WriteProgress(new ProgressRecord(shown.ActivityId, shown.Activity, shown.StatusDescription)
            {
                RecordType = ProgressRecordType.Completed,
            });
        }
        catch (PipelineStoppedException)
        {
        }
    }

    // After -ErrorAction Stop or Select-Object -First the bar must not outlive the command.
    private void ClearingBarOnError(Action run)
    {
        try
        {
            run();
        }
        catch
        {
            ClearBar();
            throw;
        }
    }
}
