using KlingPS.Binding;
using KlingPS.Completion;
using KlingPS.Journal;
using KlingPS.Pipeline;
using KlingPS.Requests;
using KlingPS.Responses;

namespace KlingPS.Commands;

/// <summary>Queries tasks once each and writes them in input order, or lists those of the account.</summary>
[Cmdlet(
    VerbsCommon.Get,
    "KlingTask",
    DefaultParameterSetName = TaskSet,
    HelpUri = ModuleLifetime.HelpPages + "Get-KlingTask.md")]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : TaskCmdlet
{
    private const string LastSet = "Last";
    private const string ListSet = "List";

    // Small enough that Select-Object -First stops early, large enough that a thousand cost ten requests.
    private const int PageSize = 100;

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

    /// <summary>
    /// The kind of the ids, by default as this session or the journal knows it, else VideoExtension; or of the tasks
    /// to list.
    /// </summary>
    [Parameter(ParameterSetName = IdsSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ListSet)]
    [KindTransformation]
    public override KlingTaskKind? Kind { get => base.Kind; set => base.Kind = value; }

    /// <summary>
    /// Lists so many tasks of the account and of -Kind, newest first, whoever submitted them. Only where the provider
    /// has lists: Kling has, CometAPI has not.
    /// </summary>
    [Parameter(ParameterSetName = ListSet, Mandatory = true)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    // In the set of ids too: there it is refused, while alone in the other the engine would prompt for -First.
    /// <summary>How many of the newest tasks to leave out of the list.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [Parameter(ParameterSetName = IdsSet, DontShow = true)]
    [NumberTransformation(IsWhole = true)]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    // The set of objects is the engine's default, so that both objects and ids bind by position.
    private bool IsBare => ParameterSetName == TaskSet && !IsBound(nameof(InputObject));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ListSet)
        {
            CatchToError(null, List);
            return;
        }

        if (IsBound(nameof(Skip)))
        {
            WriteError(KlingException.Invalid("-Skip goes with a list, and -First is not given.", "Add -First."), null);
            return;
        }

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

    // Not here: each query loads them while it waits for its answer.
    private protected override void LoadViews()
    {
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    // A page is asked for only when the pipeline wants more.
    private void List()
    {
        KlingTaskKind kind = Kind ?? throw KlingException.Invalid(
            "-First lists the tasks of a kind, and -Kind is not given.", "Add -Kind, such as -Kind TextToVideo.");
        int size = (int)Math.Min((long)First + Skip, PageSize);
        int skip = Skip % size;
        int left = First;
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int page = (Skip / size) + 1; left > 0; page++, skip = 0)
        {
            if (page > ApiRequest.LastPage)
            {
                WriteWarning($"The service lists only the {ApiRequest.LastPage * size:N0} newest tasks of a kind.");
                return;
            }

            TaskPage tasks = WaitFor(token => Client.ListAsync(kind, page, size, token), base.LoadViews);
            int known = seen.Count;
            seen.UnionWith(tasks.Tasks.Select(task => task.TaskId));
            foreach (KlingTask task in tasks.Tasks.Skip(skip).Take(left))
            {
                // New tasks push older ones to the next page.
                if (_written.Add(task.TaskId))
                {
                    left--;
                    WriteObject(task);
                }
            }

            // No page of a list that goes on is one that was there before.
            if (tasks.Count < size || seen.Count == known)
            {
                return;
            }
        }
    }

    private void QueryLast()
    {
        WildcardPattern? name = NamePattern();
        int count = (Since is null && name is null) || IsBound(nameof(Last)) ? Last : int.MaxValue;
        DateTime since = Since?.ToUniversalTime() ?? default;
        TaskJournal journal = Client.Connection.Journal;
        JournalEntry[] last = journal.Last(
            count,
            Client.Connection.Host,
            Client.Connection.Account,
            entry => entry.At.UtcDateTime >= since && (name is null || name.IsMatch(entry.Name ?? "")));
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
        Complete(token => QueryAsync(taskId, kind, known, token), base.LoadViews);
    }

    private async Task<Action> QueryAsync(string taskId, KlingTaskKind kind, TaskDetails known, CancellationToken token)
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
