using System.Collections.Concurrent;
using KlingPS.Journal;
using KlingPS.Providers;
using KlingPS.Requests;
using KlingPS.Sandbox;
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

    internal static async Task<MoneyLedger> RunAsync(
        int submissions, int seed, KlingProvider provider, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("KlingPS.Money.").FullName;
        try
        {
            return await RunAsync(
                submissions, seed, provider, Path.Combine(folder, "journal.jsonl"), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<MoneyLedger> RunAsync(
        int submissions, int seed, KlingProvider provider, string journal, CancellationToken cancellationToken)
    {
        bool isKling = provider == KlingProvider.Kling;
        RandomFaults faults = new(seed, ShareOfFaults);
        ScaledTime time = new(Hurry);
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.FaultFor = _ => faults.Draw();
            // Tokens are of the client's time.
            settings.Time = time;
            if (isKling)
            {
                settings.PlayKling();
            }
        });
        using KlingConnection connection = new(
            new ConnectionSettings
            {
                Provider = Provider.Of(provider),
                BaseUri = server.BaseUri,
                MaxRequestsPerSec = 0,
            },
            isKling
                ? new KeyPair(KlingTestServer.AccessKey, KlingTestServer.SecretKey, "a proof")
                : new ApiKey(KlingTestServer.Key, "a proof"),
            time,
            journal: new TaskJournal(new FileJournalStore(journal, time), time));
        KlingClient client = new(connection);
        ConcurrentDictionary<string, Outcome> outcomes = new(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, submissions),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (number, token) =>
                outcomes[$"submission {number}"] = await SubmitAsync(
                    client, KindOfVideo(number, isKling) with { Prompt = $"submission {number}" }, token));
        return new MoneyLedger(seed, outcomes, server, connection.Journal, faults);
    }

    // One after the other of every route that makes a new video.
    private static VideoRequest KindOfVideo(int number, bool isKling)
    {
        ImageSource image = ImageSource.FromUrl(new Uri("https://me.test/a.png"));
        return (number % 4) switch
        {
            0 => new VideoRequest { Model = "kling-v3" },
            1 => new VideoRequest { Model = "kling-v3", Image = image },
            // The model that a gateway has for several images is one that Kling has ended.
            2 when !isKling => new VideoRequest { Model = "kling-v1-6", References = [image, image] },
            _ => new VideoRequest { Model = "kling-video-o1", Image = image, References = [image] },
        };
    }

    private static async Task<Outcome> SubmitAsync(KlingClient client, VideoRequest request, CancellationToken token)
    {
        try
        {
            KlingTask task = await client.SubmitAsync(request, TimeSpan.FromMinutes(10), token);
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

/// <summary>Both sides of every submission: what the server created, and what the caller was told.</summary>
internal sealed class MoneyLedger
{
    private readonly int _seed;
    private readonly int _posts;
    private readonly RandomFaults _faults;

    internal MoneyLedger(
        int seed,
        IReadOnlyDictionary<string, Outcome> outcomes,
        KlingTestServer server,
        TaskJournal journal,
        RandomFaults faults)
    {
        _seed = seed;
        _posts = server.RequestCount;
        _faults = faults;
        ILookup<string, SandboxTask> created = server.Service.Created.ToLookup(task => task.Order.Prompt);
        Submissions = outcomes.Count;
        Created = server.CreatedCount;
        foreach ((string prompt, Outcome outcome) in outcomes)
        {
            SandboxTask[] tasks = [.. created[prompt]];
            CreatedTwice += tasks.Length > 1 ? 1 : 0;
            switch (outcome.Told)
            {
                case SubmissionOutcome.Created:
                    Emitted++;
                    Wrong += tasks.Length == 1 && tasks[0].TaskId == outcome.TaskId ? 0 : 1;
                    NotInJournal += journal.Find(outcome.TaskId!) is null ? 1 : 0;
                    break;
                case SubmissionOutcome.Unknown:
                    UnknownAndCreated += tasks.Length > 0 ? 1 : 0;
                    UnknownAndNot += tasks.Length > 0 ? 0 : 1;
                    break;
                default:
                    Refused++;
                    Wrong += tasks.Length > 0 ? 1 : 0;
                    break;
            }
        }

        Unanswered = journal.Unsettled().Count(state => state.Entry.Event == JournalEvent.Intent);
    }

    internal int Submissions { get; }
    internal int Created { get; }
    internal int Emitted { get; }
    internal int UnknownAndCreated { get; }
    internal int UnknownAndNot { get; }
    internal int Refused { get; }
    internal int CreatedTwice { get; }
    internal int Wrong { get; }
    internal int NotInJournal { get; }
    internal int Unanswered { get; }

    internal bool Holds =>
        Created == Emitted + UnknownAndCreated
        && CreatedTwice == 0 && Wrong == 0 && NotInJournal == 0 && Unanswered == 0;

    internal void Print(TextWriter output)
    {
        output.WriteLine($"Submissions {Submissions:N0}, POSTs that arrived {_posts:N0}, seed {_seed}.");
        output.WriteLine($"{Created,8:N0}  tasks created by the server");
        output.WriteLine($"{Emitted,8:N0}  tasks emitted");
        output.WriteLine($"{UnknownAndCreated,8:N0}  errors SubmissionUnknown whose task exists");
        output.WriteLine($"{UnknownAndNot,8:N0}  errors SubmissionUnknown whose task does not exist");
        output.WriteLine($"{Refused,8:N0}  errors that say nothing was created");
        output.WriteLine($"{CreatedTwice,8:N0}  created twice");
        output.WriteLine($"{Wrong,8:N0}  told something untrue");
        output.WriteLine($"{NotInJournal,8:N0}  emitted and not in the journal");
        output.WriteLine($"{Unanswered,8:N0}  intents without an answer");
        output.WriteLine(
            $"{Created:N0} = {Emitted:N0} + {UnknownAndCreated:N0}: "
                + $"{(Holds ? "the ledger holds" : "THE LEDGER DOES NOT HOLD")}.");
        output.WriteLine("Faults drawn:");
        foreach ((string name, int count) in _faults.Hits)
        {
            output.WriteLine($"{count,8:N0}  {name}");
        }
    }
}
