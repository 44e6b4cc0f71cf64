using System.Management.Automation;
using KlingPS.Completion;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Queries tasks once each and writes them in input order.</summary>
[Cmdlet(VerbsCommon.Get, "KlingTask")]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : ConnectedCmdlet
{
    /// <summary>The ids, also of anything with a TaskId.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [TaskIdTransformation]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The kind of the tasks; by default as this session knows it, else VideoExtension.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public KlingTaskKind? Kind { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string taskId in TaskId)
        {
            Pump.Start(token => QueryAsync(taskId, token));
            Drain();
        }
    }

    private async Task QueryAsync(string taskId, CancellationToken token)
    {
        try
        {
            Writer.Output(await Client.GetAsync(taskId, KindOf(taskId, Kind), token).ConfigureAwait(false));
        }
        catch (KlingException e)
        {
            Writer.Error(e, taskId);
        }
    }
}
