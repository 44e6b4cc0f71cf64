using System.Diagnostics;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>The memory of what was paid for, in a file.</summary>
internal sealed class JournalChecks(string moduleFolder, TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("What is written to the journal is read again", Reads),
        ("Many threads write to one journal and no line is lost", Threads),
        ("Several processes write to one journal and no line is lost", Processes),
        ("A journal that cannot be written stops a paid request before it is sent", NotWritable),
        ("A submission of this process is in flight while its command runs", OwnProcess),
    ];

    internal static async Task AppendAsync(string path, int count)
    {
        TaskJournal journal = Open(path);
        int process = Process.GetCurrentProcess().Id;
        for (int i = 0; i < count; i++)
        {
            await AppendAsync(journal, $"{process}-{i}");
        }
    }

    private static TaskJournal Open(string path) =>
        new(new FileJournalStore(path, TimeProvider.System), TimeProvider.System);

    private static Task AppendAsync(TaskJournal journal, string id) => journal.RecordOutcomeAsync(
        new JournalEntry { Event = JournalEvent.Intent, Id = id, At = DateTimeOffset.UtcNow, Host = "api.test",
            Account = "a.b", Command = "c" },
        JournalEvent.Created,
        id);

    private static void EnsureAll(string path, int count)
    {
        TaskJournal journal = Open(path);
        Ensure.Equal(null, journal.TakeWarning(), "the damage");
        int found = File.ReadAllLines(path).Where(line => line.Length > 0).Distinct().Count();
        Ensure.Equal(count, found, "the lines");
    }

    private async Task Reads()
    {
        string path = temp.File("below/one.jsonl");
        TaskJournal journal = Open(path);
        using ApiKey key = Client.NewKey();
        AccountFingerprint account = new(key);
        JournalEntry intent = await journal.RecordIntentAsync(
            new ExtensionRequest("1", "2"), "api.test", account, TaskJournal.BeginCommand(), false,
                CancellationToken.None);
        await journal.RecordOutcomeAsync(intent, JournalEvent.Created, "3");
        TaskJournal other = Open(path);
        JournalEntry? found = other.Find("3");
        Ensure.Equal(KlingTaskKind.VideoExtension, found?.Kind, "the kind");
        Ensure.Equal("1", found?.ParentTaskId, "the parent");
        Ensure.Equal("3", other.Last(5, "api.test", account).Single().TaskId, "the last task of the account");
        Ensure.Equal(0, other.Unsettled().Length, "the submissions without an answer");
    }

    private async Task Threads()
    {
        string path = temp.File("threads.jsonl");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            TaskJournal journal = Open(path);
            for (int i = 0; i < 10; i++)
            {
                await AppendAsync(journal, $"{thread}-{i}");
            }
        })));
        EnsureAll(path, 80);
    }

    private async Task Processes()
    {
        const int Count = 40;
        string path = temp.File("processes.jsonl");
        // Mono refuses a file that nobody may share to its own process only, so there they take turns: what holds the
        // lock on .NET Framework is tried between processes on Windows.
        int sideBySide = Runtime.IsMono ? 1 : 4;
        for (int left = 4; left > 0; left -= sideBySide)
        {
            Process[] all = [.. Enumerable.Range(0, sideBySide).Select(_ => Runtime.StartAgain("append", moduleFolder,
                path, $"{Count}"))];
            await Task.WhenAll(all.Select(EndAsync));
        }

        EnsureAll(path, 4 * Count);
    }

    private static async Task EndAsync(Process process)
    {
        using (process)
        {
            await process.StandardOutput.ReadToEndAsync();
            process.WaitForExit();
            Ensure.Equal(0, process.ExitCode, "the exit code of a process");
        }
    }

    private async Task NotWritable()
    {
        string path = temp.File("folder.jsonl");
        Directory.CreateDirectory(path);
        using RawServer server = new((_, _) => null);
        using Client client = new(
            server.Address,
            journal: new TaskJournal(new FileJournalStore(path, TimeProvider.System), TimeProvider.System));
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "a" }));
        Ensure.Equal("JournalNotWritable", error.ErrorId, "the error");
        Ensure.Equal(0, server.Requests.Length, "the requests");
    }

    private async Task OwnProcess()
    {
        string path = temp.File("own.jsonl");
        using ApiKey key = Client.NewKey();
        await Open(path).RecordIntentAsync(
            new ExtensionRequest("1", "2"), "api.test", new AccountFingerprint(key), TaskJournal.BeginCommand(),
                false, CancellationToken.None);
        Ensure.Equal(true, TaskJournal.IsInFlight(Open(path).Unsettled().Single()), "whether its command runs");
    }
}
