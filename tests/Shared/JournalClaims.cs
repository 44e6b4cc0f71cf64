using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Shared;

internal static class JournalClaims
{
    internal static Task<Claim> ClaimAsync(
        this TaskJournal journal,
        SubmitRequest request,
        ClaimRules rules,
        CancellationToken token) => journal.ClaimAsync(request, new RequestFingerprint(request), rules, token);

    internal static Claim? Find(this TaskJournal journal, SubmitRequest request, ClaimRules rules) =>
        journal.Find(request, new RequestFingerprint(request), rules);

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
