using KlingPS.Journal;

namespace KlingPS.Crashing;

/// <summary>Writes records to a journal as fast as it goes.</summary>
internal static class Appending
{
    internal static async Task RunAsync(string journal, int count)
    {
        TaskJournal target = new(new FileJournalStore(journal, TimeProvider.System), TimeProvider.System);
        JournalEntry entry = new()
        {
            Event = JournalEvent.Intent,
            Id = "",
            At = DateTimeOffset.UtcNow,
            Kind = KlingTaskKind.VideoExtension,
            Host = "api.test",
            Account = "a.b",
            Command = $"{Environment.ProcessId}",
        };
        for (int i = 0; i < count; i++)
        {
            string id = $"{Environment.ProcessId}-{i}";
            await target.RecordOutcomeAsync(entry with { Id = id }, JournalEvent.Created, id);
        }
    }
}
