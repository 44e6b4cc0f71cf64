using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Crashing;

/// <summary>One verb a line; each tells on its output how far it is.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["append", string journal, string count]:
                await Appending.RunAsync(journal, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            case ["submit", string journal, string baseUri, string count]:
                await Submitting.RunAsync(
                    journal, new Uri(baseUri), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            case ["save", string address, string path]:
                await Saving.RunAsync(new Uri(address), path);
                return 0;
            default:
                await Console.Error.WriteLineAsync(
                    "Usage: append JOURNAL COUNT | submit JOURNAL BASEURI COUNT | save ADDRESS PATH");
                return 2;
        }
    }
}

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

/// <summary>Saves a video, as the cmdlet would, and prints the bytes of each piece once it is written.</summary>
internal static class Saving
{
    internal static async Task RunAsync(Uri address, string path)
    {
        using KlingConnection connection = new(
            new ConnectionSettings { MaxRetryCount = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a test"));
        KlingVideo video = new() { TaskId = "1", VideoId = "2", Url = address };
        SaveOptions options = new() { Received = bytes => Console.WriteLine($"received {bytes}") };
        try
        {
            await new KlingClient(connection).SaveAsync(video, path, options, CancellationToken.None);
            Console.WriteLine("saved");
        }
        catch (KlingException e)
        {
            Console.WriteLine($"failed {e.ErrorId}: {e.WhatHappened}");
        }
    }
}

/// <summary>Submits one extension after the other, as the cmdlet would, and prints the id of each.</summary>
internal static class Submitting
{
    private static readonly ExtensionRequest Extension = new("861234567890123456", "861234567890123457");
    private static readonly VideoRequest Video = new() { Prompt = "a secret plan", Model = "kling-v1-6" };

    internal static async Task RunAsync(string journal, Uri baseUri, int count)
    {
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = baseUri, MaxRequestsPerSec = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a test"),
            journal: new TaskJournal(new FileJournalStore(journal, TimeProvider.System), TimeProvider.System));
        KlingClient client = new(connection);
        for (int i = 0; i < count; i++)
        {
            SubmitRequest request = count == 1 ? Extension : Video;
            KlingTask task = await client.SubmitAsync(request, TimeSpan.Zero, CancellationToken.None);
            Console.WriteLine(task.TaskId);
        }
    }
}
