using System.Diagnostics;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>The memory of what was paid for, in a file.</summary>
internal sealed class JournalChecks(string moduleFolder, TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("Several processes write to one journal and no line is lost", Processes),
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

    private async Task OwnProcess()
    {
        string path = temp.File("own.jsonl");
        using ApiKey key = Client.NewKey();
        ClaimRules rules = new("api.test", new AccountFingerprint(key), TaskJournal.BeginCommand());
        ExtensionRequest request = new("1", "2");
        await Open(path).ClaimAsync(request, new RequestFingerprint(request), rules, CancellationToken.None);
        Ensure.Equal(true, TaskJournal.IsInFlight(Open(path).Unsettled().Single()), "whether its command runs");
    }
}
