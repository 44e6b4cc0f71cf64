using System.Management.Automation;
using KlingPS.Journal;

namespace KlingPS.Pipeline;

/// <summary>What the journal has to say to whoever connects.</summary>
internal static class JournalNotices
{
    private const int MostNamed = 5;

    /// <summary>Warns of lines that cannot be read, and of paid submissions that nobody heard the end of.</summary>
    internal static void Write(Cmdlet cmdlet, TaskJournal journal)
    {
        if (journal.TakeDamage() is { } damage)
        {
            cmdlet.WriteWarning(damage);
        }

        if (journal.Unanswered() is { Length: > 0 } open)
        {
            cmdlet.WriteWarning(Text(open));
        }
    }

    private static string Text(JournalEntry[] open)
    {
        string named = string.Join("; ", open.Take(MostNamed).Select(entry => entry.Describe()));
        string more = open.Length > MostNamed ? $"; and {open.Length - MostNamed} more" : "";
        string what = open.Length == 1
            ? "One paid submission was stopped before its answer came, so its task may have been created"
            : $"{open.Length} paid submissions were stopped before their answers came, so their tasks may have been created";
        string ask = open.FirstOrDefault(entry => entry.ExternalTaskId is not null) is { } own
            ? $" (ask by your own id: Get-KlingTask '{own.ExternalTaskId}' -Kind {own.Kind})"
            : "";
        return $"{what}: {named}{more}. Look at the account's usage before you submit again{ask}, then run Clear-KlingIntent to end this reminder.";
    }
}
