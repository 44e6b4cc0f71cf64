using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Shared;

internal static class JournalClaims
{
    /// <summary>What a command writes before it sends.</summary>
    internal static async Task<JournalEntry> RecordIntentAsync(
        this TaskJournal journal,
        SubmitRequest request,
        string host,
        AccountFingerprint account,
        string command,
        bool isForced,
        CancellationToken token)
    {
        ClaimRules rules = new(host, account, command) { IsForced = isForced };
        return (await journal.ClaimAsync(request, rules, token)).Entry;
    }
}
