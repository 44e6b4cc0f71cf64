using System.Management.Automation;
using KlingPS.Completion;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Queries tasks once each and writes them in input order.</summary>
[Cmdlet(VerbsCommon.Get, "KlingTask", DefaultParameterSetName = TaskSet)]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : ConnectedCmdlet
{
    private const string TaskSet = "Task";
    private const string IdsSet = "Ids";

    /// <summary>Tasks to query again, by their ids and kinds.</summary>
    [Parameter(ParameterSetName = TaskSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [TaskTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public KlingTask[] InputObject { get; set; } = [];

    /// <summary>The ids, also of anything with a TaskId.</summary>
    [Parameter(
        ParameterSetName = IdsSet,
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [TaskIdTransformation]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The kind of the tasks; by default as this session knows it, else VideoExtension.</summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    public KlingTaskKind? Kind { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KlingTask task in InputObject)
        {
            Query(task.TaskId, task.Kind);
        }

        foreach (string taskId in TaskId)
        {
            Query(taskId, KindOf(taskId, Kind));
        }
    }

    private void Query(string taskId, KlingTaskKind kind)
    {
        Pump.Start(token => QueryAsync(taskId, kind, token));
        Drain();
    }

    private async Task QueryAsync(string taskId, KlingTaskKind kind, CancellationToken token)
    {
        try
        {
            Writer.Output(await Client.GetAsync(taskId, kind, token).ConfigureAwait(false));
        }
        catch (KlingException e)
        {
            Writer.Error(e, taskId);
        }
    }
}
