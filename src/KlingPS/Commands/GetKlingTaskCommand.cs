using System.Management.Automation;
using KlingPS.Binding;
using KlingPS.Completion;
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
    /// So many tasks that this machine submitted last for the connected account, oldest of them first. Without any
    /// parameter, the last ten.
    /// </summary>
    [Parameter(ParameterSetName = LastSet)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = 10;

    /// <summary>The tasks that this machine submitted then or later, all of them unless -Last is given too.</summary>
    [Parameter(ParameterSetName = LastSet)]
    [DateTransformation]
    [ValidateNotNull]
    public DateTime? Since { get; set; }

    /// <summary>The tasks of this name, by wildcard; all of them unless -Last is given too.</summary>
    [Parameter(ParameterSetName = LastSet)]
    [TextTransformation]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TaskNameCompleter))]
    public string? Name { get; set; }

    // The set of objects is the engine's default, so that both objects and ids bind by position.
    private bool IsBare => ParameterSetName == TaskSet && !IsBound(nameof(InputObject));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LastSet || IsBare)
        {
            CatchToError(Name, QueryLast);
        }
        else if (InputObject.Length + TaskId.Length == 0)
        {
            WriteError(NoTask(), null);
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

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private void QueryLast()
    {
        WildcardPattern? name = NamePattern();
        int count = (Since is null && name is null) || IsBound(nameof(Last)) ? Last : int.MaxValue;
        DateTime since = Since?.ToUniversalTime() ?? default;
        JournalEntry[] last = Client.LastSubmitted(
            count,
            entry => entry.At.UtcDateTime >= since && (name is null || name.IsMatch(entry.Name ?? "")));
        TaskJournal journal = Client.Connection.Journal;
        if (journal.TakeWarning() is { } warning)
        {
            WriteWarning(warning);
        }

        if (last.Length == 0)
        {
            string of = (name is null ? "" : $" under the name '{DisplayText.ToDisplay(Name!)}'")
                + (Since is null ? "" : $" since {Since:g}");
            WriteWarning($"The journal has no task that this machine submitted for the connected account{of}.");
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

    private WildcardPattern? NamePattern()
    {
        string? name = TaskIds.CheckName(ValueTransformationAttribute.TextOf(Name));
        try
        {
            return name is null ? null : WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        }
        catch (WildcardPatternException e)
        {
            throw KlingException.Invalid($"-Name '{name}' is not a valid wildcard pattern.", cause: e);
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
