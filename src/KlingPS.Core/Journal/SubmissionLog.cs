namespace KlingPS.Journal;

/// <summary>
/// The paid submissions of one command, and which of their outcomes it has told. Safe from any thread.
/// </summary>
internal sealed class SubmissionLog(TaskJournal journal)
{
    private readonly Dictionary<string, JournalEntry> _untold = new(StringComparer.Ordinal);
    // A longer line would exceed what readers accept.
    private const int MostNamed = 2_000;

    private readonly List<string> _written = [];
    private readonly Lazy<string> _command = new(TaskJournal.BeginCommand);

    /// <summary>Ties the command's entries in the journal together.</summary>
    internal string Command => _command.Value;

    internal bool HasBegun => _command.IsValueCreated;

    /// <summary>
    /// What was written of submissions that may have created a task and that nobody has been told of.
    /// </summary>
    internal JournalEntry[] Untold
    {
        get
        {
            lock (_untold)
            {
                return [.. _untold.Values.OrderBy(entry => entry.At)];
            }
        }
    }

    /// <summary>The latest entry of a submission.</summary>
    internal void Add(JournalEntry entry)
    {
        lock (_untold)
        {
            _untold[entry.Id] = entry;
            if (entry.Event == JournalEvent.Refused)
            {
                _untold.Remove(entry.Id);
            }
        }
    }

    /// <summary>The service has the task of a submission whose outcome was unknown.</summary>
    /// <exception cref="KlingException">JournalNotWritable.</exception>
    internal async Task AddFoundAsync(JournalEntry open, FoundTask found, CancellationToken cancellationToken)
    {
        JournalEntry created = open with
        {
            Command = Command,
            Process = ProcessIdentity.Current,
            IsListed = found.IsByListAlone ? true : null,
        };
        Add(await journal
            .RecordOutcomeAsync(created, JournalEvent.Created, found.Task.TaskId, cancellationToken: cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>The pipeline has the task.</summary>
    internal void Told(KlingTask task) => Told(entry => entry.TaskId == task.TaskId, _written);

    /// <summary>The user has the error.</summary>
    internal void Told(KlingException error) => Told(entry => entry.Id == error.IntentId);

    /// <summary>The user has read of these.</summary>
    internal void Told(IEnumerable<JournalEntry> entries)
    {
        HashSet<string> ids = [.. entries.Select(entry => entry.Id)];
        Told(entry => ids.Contains(entry.Id));
    }

    /// <summary>Records that the command has ended, and what it has told nobody.</summary>
    /// <param name="wasStopped">The user stopped the pipeline, so nothing counts as told.</param>
    /// <param name="hasFailed">An error ended the pipeline, so the tasks it wrote may have been lost with it.</param>
    internal async Task EndAsync(bool wasStopped, bool hasFailed, CancellationToken cancellationToken)
    {
        try
        {
            string[] untold = [.. Untold.Select(entry => entry.Id), .. hasFailed ? _written : []];
            await journal.RecordEndAsync(
                Command, untold, wasStopped || untold.Length > MostNamed, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KlingException or OperationCanceledException)
        {
            // The next session reports it again.
        }
    }

    private void Told(Func<JournalEntry, bool> isMeant, List<string>? written = null)
    {
        lock (_untold)
        {
            foreach (string id in _untold.Values.Where(isMeant).Select(entry => entry.Id).ToArray())
            {
                _untold.Remove(id);
                written?.Add(id);
            }
        }
    }
}

/// <summary>The task that the service has of a submission whose outcome was unknown.</summary>
/// <param name="IsByListAlone">Whether no id of ours names it, but its time and its parent fit.</param>
internal sealed record FoundTask(KlingTask Task, bool IsByListAlone = false);
