using KlingPS.Core.Tests.Support;
using KlingPS.Journal;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Journal;

/// <summary>A journal file in a folder of the test's own.</summary>
public abstract class JournalTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("KlingPS.Journal.").FullName;

    internal string FilePath => Path.Combine(_folder, "state", "KlingPS", "journal.jsonl");

    internal FakeTimeProvider Clock { get; } = Given.Clock();

    internal static AccountMark Mine { get; } = new(Given.ApiKey());

    internal static AccountMark Theirs { get; } = new(Given.ApiKey("sk-another-key-of-somebody"));

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    internal TaskJournal Open() => new(new FileJournalStore(FilePath, Clock), Clock);

    internal async Task<JournalEntry> BeginAsync(SubmitRequest request, AccountMark? account = null) =>
        await Open().BeginAsync(request, "api.test", (account ?? Mine).Own, Token);

    internal async Task CreateAsync(string taskId, SubmitRequest? request = null, AccountMark? account = null) =>
        await Open().EndAsync(await BeginAsync(request ?? Given.Video, account), JournalStep.Created, taskId);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
