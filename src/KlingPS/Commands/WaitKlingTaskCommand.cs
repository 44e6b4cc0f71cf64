using KlingPS.Binding;
using KlingPS.Pipeline;
using KlingPS.Waiting;

namespace KlingPS.Commands;

/// <summary>Waits for tasks together and writes each as it ends.</summary>
[Cmdlet(
    VerbsLifecycle.Wait,
    "KlingTask",
    DefaultParameterSetName = TaskSet,
    HelpUri = ModuleLifetime.HelpPages + "Wait-KlingTask.md")]
[OutputType(typeof(KlingTask))]
public sealed class WaitKlingTaskCommand : TaskCmdlet
{
    private const int ActivityId = 0x4B50;

    private readonly Queue<(KlingException Error, KlingTask Task)> _failures = new();
    private TaskWaiter? _waiter;
    private bool _hasWarned;
    private WaitBar? _bar;

    /// <summary>Seconds after the latest arrival, for the whole set. 0 looks once, -1 has no limit.</summary>
    [Parameter]
    [Alias("Timeout")]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(-1, int.MaxValue / 1000)]
    public int TimeoutSec { get; set; } = 3600;

    /// <summary>Seconds between two polls of a task; without it, adapted to the task's age.</summary>
    [Parameter]
    [NumberTransformation]
    [ValidateRange(0.05, 86_400.0)]
    public double PollIntervalSec { get; set; }

    /// <summary>The first task to finish, well or badly, ends the wait.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter Any { get; set; }

    /// <summary>Writes failed tasks as objects instead of errors.</summary>
    [Parameter]
    [SwitchTransformation]
    public SwitchParameter IncludeFailed { get; set; }

    /// <summary>How many requests may be in flight at once.</summary>
    [Parameter]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 16;

    private protected override ProgressRecord? Bar => _bar?.Shown;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        WaitOptions options = new()
        {
            Timeout = TimeoutSec < 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(TimeoutSec),
            PollInterval = PollIntervalSec > 0 ? TimeSpan.FromSeconds(PollIntervalSec) : null,
            Any = Any,
            ThrottleLimit = ThrottleLimit,
        };
        _bar = new WaitBar(ActivityId, Writer, Pauses);
        _waiter = Client.Wait(options, Tell, _bar.Show);
        Pump.Start(_waiter.RunAsync);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject.Length + TaskId.Length == 0)
        {
            WriteError(NoTask(), null);
        }

        if (_waiter!.IsDecided)
        {
            TakeReady();
            WarnOnce();
            return;
        }

        foreach (KlingTask task in ParameterSetName == TaskSet ? InputObject : TaskId.Select(TaskOf))
        {
            _waiter.Add(task);
        }

        TakeReady();
        // Nothing moves it while upstream works.
        ClearBar();
        _bar!.Shown = null;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _waiter!.CompleteAdding();
        base.EndProcessing();
        WriteFailures();
    }

    // The engine ends the command at the first error, so the others are written before it as warnings.
    private void WriteFailures()
    {
        while (_failures.Count > 1)
        {
            WriteWarning(_failures.Dequeue().Error.Message);
        }

        if (_failures.Count == 1)
        {
            (KlingException last, KlingTask task) = _failures.Dequeue();
            WriteError(last, task);
        }
    }

    private KlingTask TaskOf(string taskId) => KlingTask.FromId(taskId.Trim(), KindOf(taskId), Client.Now);

    private void WarnOnce()
    {
        if (!_hasWarned)
        {
            _hasWarned = true;
            WriteWarning(
                "-Any ended the wait when a task finished; tasks that arrive later are not waited for, but continue at "
                    + "the service.");
        }
    }

    private void Tell(WaitOutcome outcome)
    {
        if (outcome.Error is null || (IncludeFailed && outcome.Task.Status == KlingTaskStatus.Failed))
        {
            Writer.Output(outcome.Task);
        }
        else
        {
            outcome.Error.TaskName = outcome.Task.Name;
            Pump.Post(() => Fail(outcome.Error, outcome.Task));
        }
    }

    // An error that ends the command is written last, after every task that finished.
    private void Fail(KlingException error, KlingTask task)
    {
        if (EndsOnError)
        {
            _failures.Enqueue((error, task));
        }
        else
        {
            WriteError(error, task);
        }
    }

    // Wait-KlingTask's own bar shows pauses.
    private protected override void ShowPause(string? reason, TimeSpan left)
    {
    }
}
