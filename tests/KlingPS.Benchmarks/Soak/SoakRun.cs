using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS.Benchmarks.Soak;

/// <summary>Submits, waits with one waiter, saves, and submits again for each task that has finished.</summary>
internal sealed class SoakRun(Uri baseUri, int inFlight, TimeSpan length, SoakLedger ledger)
{
    // One finished task in so many is downloaded too.
    private const int SaveEvery = 10;
    private const int Submitters = 16;
    private const double ShortestTask = 30;
    private const double LongestTask = 90;

    private readonly SemaphoreSlim _room = new(inFlight);
    private readonly string _folder = Directory.CreateTempSubdirectory("KlingPS.Soak.").FullName;

    internal async Task RunAsync(SoakMeter meter)
    {
        using KlingConnection connection = new(
            new ConnectionSettings
            {
                BaseUri = baseUri,
                MaxRequestsPerSec = 0,
                RequestTimeout = TimeSpan.FromSeconds(10),
                ExpectedDuration = TimeSpan.FromSeconds(2),
            },
            new ApiKey("sk-0123456789abcdefWXYZ", "a soak"),
            journal: new TaskJournal(new FileJournalStore(Path.Combine(_folder, "journal.jsonl"), TimeProvider.System), TimeProvider.System));
        KlingClient client = new(connection);
        using CancellationTokenSource end = new();
        using CancellationTokenSource over = new(length);
        List<Task> saves = [];
        TaskWaiter waiter = client.Wait(
            new WaitOptions { Timeout = TimeSpan.FromHours(1), ThrottleLimit = 64 },
            outcome =>
            {
                _room.Release();
                ledger.Finished(outcome);
                if (outcome.Error is null && ledger.FinishedCount % SaveEvery == 0)
                {
                    saves.RemoveAll(save => save.IsCompletedSuccessfully);
                    saves.Add(SaveAsync(client, outcome.Task));
                }
            });
        Task waiting = waiter.RunAsync(CancellationToken.None);
        Task metering = meter.RunAsync(end.Token);
        await Task.WhenAll(Enumerable.Range(0, Submitters).Select(number => SubmitAsync(client, waiter, number, over.Token)));
        waiter.CompleteAdding();
        await waiting;
        await Task.WhenAll(saves);
        await end.CancelAsync();
        await metering;
        ledger.InJournal = connection.Journal.Last(int.MaxValue, connection.Host, connection.Account).Length;
        ledger.Unanswered = connection.Journal.Unsettled().Count(state => state.Entry.Event == JournalEvent.Intent);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SubmitAsync(KlingClient client, TaskWaiter waiter, int seed, CancellationToken over)
    {
        Random random = new(seed);
        while (!over.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(over);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            double seconds = ShortestTask + ((LongestTask - ShortestTask) * random.NextDouble());
            VideoRequest request = new() { Prompt = FormattableString.Invariant($"[sandbox:slow {seconds:0.0}]") };
            try
            {
                KlingTask task = await client.SubmitAsync(request, TimeSpan.FromMinutes(1), CancellationToken.None);
                ledger.Submitted(task);
                waiter.Add(task);
            }
            catch (KlingException e)
            {
                _room.Release();
                ledger.Refused(e);
            }
        }
    }

    private async Task SaveAsync(KlingClient client, KlingTask task)
    {
        string path = Path.Combine(_folder, task.VideoId + ".mp4");
        try
        {
            await client.SaveAsync(task.Videos[0], path, new SaveOptions(), CancellationToken.None);
            ledger.Saved(new FileInfo(path).Length);
            File.Delete(path);
        }
        catch (KlingException e)
        {
            ledger.NotSaved(e);
        }
    }
}
