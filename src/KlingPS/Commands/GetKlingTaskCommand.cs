using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Journal;
using KlingPS.Pipeline;

namespace KlingPS.Commands;

/// <summary>Queries tasks once each and writes them in input order.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingTask",
    DefaultParameterSetName = TaskSet,
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingTask.md")]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : TaskCmdlet
{
    private const string LastSet = "Last";

    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>
    /// So many tasks that this machine submitted last for the connected account, oldest of them first.
    /// </summary>
    [Parameter(ParameterSetName = LastSet, Mandatory = true)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LastSet)
        {
            QueryLast();
        }

        foreach (KlingTask task in InputObject)
        {
            Query(task.TaskId, task.Kind, task.Details);
        }

        foreach (string taskId in TaskId)
        {
            Query(taskId, KindOf(taskId));
        }
    }

    private void QueryLast()
    {
        JournalEntry[] last = Client.LastSubmitted(Last);
        TaskJournal journal = Client.Connection.Journal;
        if (journal.TakeWarning() is { } warning)
        {
            WriteWarning(warning);
        }

        if (last.Length == 0)
        {
            WriteWarning("The journal has no task that this machine submitted for the connected account.");
            return;
        }

        foreach (JournalEntry entry in last)
        {
            Query(entry.TaskId!, entry.Kind, entry.Details);
        }

        JournalEntry[] told =
            [.. journal.Untold().Select(state => state.Entry).Where(entry => _written.Contains(entry.TaskId ?? ""))];
        if (told.Length > 0)
        {
            JournalNotices.RecordTold(journal, told);
        }
    }

    private void Query(string taskId, KlingTaskKind kind, TaskDetails? given = null)
    {
        TaskDetails known = given is null || given == TaskDetails.None ? Client.Connection.DetailsOf(taskId) : given;
        Complete(token => QueryAsync(taskId, kind, known, token));
    }

    private async Task<Action> QueryAsync(
        string taskId,
        KlingTaskKind kind,
        TaskDetails known,
        CancellationToken token)
    {
        try
        {
            KlingTask task = await Client.GetAsync(taskId, kind, known, token).ConfigureAwait(false);
            return () =>
            {
                WriteObject(task);
                _written.Add(task.TaskId);
            };
        }
        catch (KlingException e)
        {
            e.TaskName = known.Name;
            return () => WriteError(e, taskId);
        }
    }
}
