using KlingPS.Binding;
using KlingPS.Completion;

namespace KlingPS.Pipeline;

/// <summary>A cmdlet for tasks, given as objects or by their ids.</summary>
public abstract class TaskCmdlet : ConnectedCmdlet
{
    // An int: the engine loads the fields of this class before the enum's assembly can be found.
    private int? _kind;

    private protected TaskCmdlet()
    {
    }

    /// <summary>The tasks.</summary>
    [Parameter(ParameterSetName = TaskSet, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public virtual KlingTask[] InputObject { get; set; } = [];

    /// <summary>The ids of tasks, also of anything with a TaskId.</summary>
    [Parameter(
        ParameterSetName = IdsSet,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [TaskIdTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The kind of the ids; by default as this session or the journal knows it, else VideoExtension.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [KindTransformation]
    public virtual KlingTaskKind? Kind { get => (KlingTaskKind?)_kind; set => _kind = (int?)value; }

    /// <summary>No parameter is mandatory: the engine would prompt for it, even in a job that nobody watches.</summary>
    internal static KlingException NoTask() =>
        KlingException.Invalid("No task was given.", "Pipe tasks or give -TaskId.");

    private protected KlingTaskKind KindOf(string taskId) =>
        Kind ?? Client.KnownKind(taskId.Trim()) ?? KlingTaskKind.VideoExtension;
}
