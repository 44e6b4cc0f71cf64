using KlingPS.Journal;
using KlingPS.Transport;

namespace KlingPS.Pipeline;

/// <summary>
/// What the journal has to say: payments that nobody has been told of, and trouble with the journal itself.
/// </summary>
internal static class JournalNotices
{
    internal const int MostNamed = 20;

    // If this write comes too late, the next session reports it again.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRotation = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Warns of paid submissions whose outcome nobody has been told, and records that they have been told now.
    /// </summary>
    internal static void Write(PSCmdlet cmdlet, KlingConnection connection)
    {
        TaskJournal journal = connection.Journal;
        if (journal.IsDueForRotation)
        {
            Pump.RunToEnd(journal.RotateAsync, LongestRotation);
        }

        if (journal.TakeWarning() is { } warning)
        {
            cmdlet.WriteWarning(DisplayText.ToLines(warning));
        }

        JournalEntry[] untold = [.. journal.Untold().Select(state => state.Entry)];
        if (untold.Length == 0)
        {
            return;
        }

        cmdlet.WriteWarning(Text(untold, connection));
        if (AreWarningsSeen(cmdlet))
        {
            RecordTold(journal, untold.Take(MostNamed));
        }
    }

    /// <summary>Records that a person has been told of these submissions.</summary>
    internal static void RecordTold(TaskJournal journal, IEnumerable<JournalEntry> named) => Pump.RunToEnd(
        async token =>
        {
            try
            {
                await journal.RecordToldAsync(named.Select(entry => entry.Id), token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is KlingException or OperationCanceledException)
            {
                // The next session reports it again.
            }
        },
        LongestWrite);

    /// <summary>Whether a warning reaches a person or a variable.</summary>
    internal static bool AreWarningsSeen(PSCmdlet cmdlet)
    {
        Dictionary<string, object> bound = cmdlet.MyInvocation.BoundParameters;
        object? preference = bound.TryGetValue("WarningAction", out object? given)
            ? given
            : cmdlet.GetVariableValue("WarningPreference");
        return bound.ContainsKey("WarningVariable")
            || !LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
            || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    /// <summary>Names the submissions, a line each, and the cmdlets that help.</summary>
    internal static string Text(JournalEntry[] untold, KlingConnection connection)
    {
        string what = untold.Length == 1
            ? "A paid submission ended before its outcome was shown:"
            : $"{untold.Length} paid submissions ended before their outcome was shown:";
        IEnumerable<string> lines = untold.Take(MostNamed).Select(entry => "  " + Line(entry, connection));
        string[] more = untold.Length > MostNamed ? [$"  and {untold.Length - MostNamed} more."] : [];
        bool areAllCreated = untold.All(entry => entry.Event == JournalEvent.Created);
        string help = areAllCreated
            ? "Get-KlingTask <task id> queries a task."
            : "Get-KlingTask <task id> queries a created task. Get-KlingIntent lists submissions of unknown outcome, "
                + "Resolve-KlingIntent asks the service about them (free), and Clear-KlingIntent settles them once "
                + "you have "
                + "checked the account's usage.";
        return string.Join(Environment.NewLine, [what, .. lines, .. more, help]);
    }

    private static string Line(JournalEntry entry, KlingConnection connection)
    {
        string outcome = entry.Event == JournalEvent.Created ? $"created task {entry.TaskId}"
            : entry.Process is { IsOfThisMachine: false } other ? $"outcome unknown; it may still be running on "
                + $"'{other.Machine}'"
            : "outcome unknown";
        string key = connection.Owns(entry) ? "" : ", with another key or address";
        return DisplayText.ToDisplay($"{outcome}: {entry.Describe()} ({entry.Host}{key}; intent {entry.Id})", 500);
    }
}
