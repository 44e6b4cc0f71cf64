using System.Collections.Concurrent;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Submitting;
using KlingPS.TestServer;
using KlingPS.Transport;

namespace KlingPS.Shared.Money;

/// <summary>Many paid submissions against a server where things go wrong, each followed from both ends.</summary>
internal static class MoneyProof
{
    // A request's 100 s pass in two, so that one without an answer costs no more.
    private const double Hurry = 50;
    private const int SideBySide = 64;
    private const double ShareOfFaults = 0.35;

    internal static async Task<MoneyLedger> RunAsync(int submissions, int seed, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("KlingPS.Money.").FullName;
        try
        {
            return await RunAsync(submissions, seed, Path.Combine(folder, "journal.jsonl"), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<MoneyLedger> RunAsync(int submissions, int seed, string journal, CancellationToken cancellationToken)
    {
        RandomFaults faults = new(seed, ShareOfFaults);
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings => settings.FaultFor = _ => faults.Draw());
        ScaledTime time = new(Hurry);
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = server.BaseUri, MaxRequestsPerSec = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a proof"),
            time,
            journal: new TaskJournal(new FileJournalStore(journal, time), time));
        KlingClient client = new(connection);
        ConcurrentDictionary<string, Outcome> outcomes = new(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, submissions),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (number, token) => outcomes[$"submission {number}"] = await SubmitAsync(client, $"submission {number}", token));
        return new MoneyLedger(seed, outcomes, server, connection.Journal, faults);
    }

    private static async Task<Outcome> SubmitAsync(KlingClient client, string prompt, CancellationToken token)
    {
        try
        {
            KlingTask task = await client.SubmitAsync(new VideoRequest { Prompt = prompt }, TimeSpan.FromMinutes(10), token);
            return new Outcome(task.TaskId, SubmissionOutcome.Created);
        }
        catch (KlingException e)
        {
            return new Outcome(null, e.Submission);
        }
    }
}

/// <summary>What one submission came to, as its caller was told.</summary>
internal sealed record Outcome(string? TaskId, SubmissionOutcome Told);
