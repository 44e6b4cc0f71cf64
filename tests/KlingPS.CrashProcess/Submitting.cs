using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Crashing;

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
