using KlingPS.Journal;

namespace KlingPS.Core.Tests.Journal;

/// <summary>One index a process, whatever the number of runspaces.</summary>
public sealed class SharedJournalTests
{
    [Fact]
    public async Task All_connections_of_a_process_share_one_journal()
    {
        TaskJournal first = JournalLocation.Open();

        TaskJournal[] others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(JournalLocation.Open)));

        Assert.All(others, other => Assert.Same(first, other));
    }
}
