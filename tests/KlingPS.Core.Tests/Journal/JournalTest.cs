namespace KlingPS.Core.Tests.Journal;

/// <summary>A journal file in a folder of the test's own.</summary>
public abstract class JournalTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("KlingPS.Journal.").FullName;

    internal string FilePath => Path.Combine(_folder, "state", "KlingPS", "journal.jsonl");

    internal FakeTimeProvider Clock { get; } = Given.Clock();

    internal static AccountFingerprint Mine { get; } = new(Given.ApiKey());

    internal static AccountFingerprint Theirs { get; } = new(Given.ApiKey("sk-another-key-of-somebody"));

    /// <summary>A process that has ended, on this machine.</summary>
    internal static ProcessIdentity Gone { get; } =
        ProcessIdentity.Current with { Instance = ProcessIdentity.Current.Instance + "0" };

    /// <summary>The journal as another process opens it.</summary>
    internal TaskJournal Open() => new(Store(), Clock);

    internal async Task<JournalEntry> RecordIntentAsync(
        SubmitRequest request,
        AccountFingerprint? account = null,
        string? command = null,
        TaskJournal? journal = null) =>
        await (journal ?? Open()).RecordIntentAsync(
            request, "api.test", account ?? Mine, command ?? TaskJournal.BeginCommand(), false, Token);

    internal async Task<JournalEntry> CreateAsync(
        string taskId, SubmitRequest? request = null, AccountFingerprint? account = null)
    {
        TaskJournal journal = Open();
        JournalEntry intent = await RecordIntentAsync(request ?? Given.Video, account, journal: journal);
        return await journal.RecordOutcomeAsync(intent, JournalEvent.Created, taskId, null, Token);
    }

    internal Task<JournalEntry> RecordOutcomeAsync(
        JournalEntry intent,
        JournalEvent outcome,
        string? taskId = null,
        string? error = null) => Open().RecordOutcomeAsync(intent, outcome, taskId, error, Token);

    internal Task WriteAsync(JournalEntry entry) =>
        Store().AppendAsync(entry.ToLine, true, Token);

    internal JournalEntry?[] Lines() =>
        [.. File.ReadAllLines(FilePath).Select(line => JournalEntry.Parse(Encoding.UTF8.GetBytes(line), out _))];

    /// <summary>
    /// Writes so many created and told tasks at once, which is quicker than one by one, and the last as a command does,
    /// so that the journal notices its size.
    /// </summary>
    internal async Task<long> FillAsync(int count)
    {
        JournalEntry entry = await CreateAsync("0") with { Process = Gone };
        StringBuilder lines = new(Encoding.UTF8.GetString(
            new JournalEntry { Event = JournalEvent.Ended, Id = entry.Command!, At = entry.At }.ToLine()));
        for (int i = 1; i < count - 1; i++)
        {
            JournalEntry next = entry with { Id = $"{i:x32}", TaskId = $"{i}", Version = 1, Command = null };
            lines.Append(Encoding.UTF8.GetString(next.ToLine()));
        }

        await File.AppendAllTextAsync(FilePath, lines.ToString(), Token);
        long size = new FileInfo(FilePath).Length;
        JournalEntry last = await CreateAsync($"{count - 1}");
        await WriteAsync(new JournalEntry { Event = JournalEvent.Ended, Id = last.Command!, At = last.At });
        return size;
    }

    private FileJournalStore Store() => new(FilePath, new RealTimers(Clock));

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>What another clock shows, and timers of our own.</summary>
/// <remarks>
/// A process that another test starts holds our lock until it has closed what it inherits: a wait for that is in real
/// time, or it would have no end.
/// </remarks>
internal sealed class RealTimers(TimeProvider clock) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();
}
