using KlingPS.Benchmarks.Commands;
using KlingPS.Requests;
using KlingPS.TestServer;
using KlingPS.Transport;

namespace KlingPS.Benchmarks.Scenarios;

/// <summary>Submits far more than an account has slots for, against the time its slots allow at best.</summary>
internal sealed class SlotsVerb : Verb
{
    private const double Bound = 1.10;

    // The clock of both sides runs so many times faster; a request's millisecond is then a fifth of a second.
    private const double Hurry = 200;
    private const int SideBySide = 16;
    private const double Median = 230;
    private const double Spread = 0.45;
    private const double Shortest = 60;

    internal override string Name => "slots";

    internal override string Usage => "[--submissions 500] [--slots 5] [--write docs/performance.md]";

    internal override string Summary =>
        "submits to an account with few slots; all are created once, in the time the slots allow";

    internal override async Task<int> RunAsync(Options options)
    {
        int submissions = (int)options.Count("--submissions", 500);
        int slots = (int)options.Count("--slots", 5);
        string? page = options.Text("--write");
        options.RefuseOthers();
        TimeSpan[] durations = Durations(submissions);
        ScaledTime time = new(Hurry);
        await using KlingTestServer server = await KlingTestServer.StartAsync(settings =>
        {
            settings.Time = time;
            settings.ConcurrentTasks = slots;
            settings.DurationOf = number => durations[number];
        });
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = server.BaseUri, MaxRequestsPerSec = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a benchmark"), time);
        KlingClient client = new(connection);
        long started = time.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, submissions),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide },
            async (number, token) =>
                await client.SubmitAsync(new VideoRequest { Prompt = $"{number}" }, TimeSpan.FromDays(30), token));
        TimeSpan took = time.GetElapsedTime(started);
        TimeSpan best = Best(durations, slots);
        double ratio = took / best;
        int distinct = server.Service.Created.Select(task => task.Order.Prompt).Distinct().Count();
        Console.WriteLine(
            $"{server.CreatedCount} created, {distinct} of them different, with {server.RequestCount:N0} POSTs; the "
                + $"last after {took.TotalMinutes:0.0} min, the slots allow {best.TotalMinutes:0.0} min.");
        return Figure.Conclude(
            Console.Out,
            page,
            Figure.OfRatio(
                $"{submissions} submissions, {slots} slots, tasks of {Median:0} s in the median",
                "the time the slots allow at best",
                ratio,
                Bound,
                Name),
            new Figure(
                "the same: tasks created twice or not at all", "submissions",
                $"{submissions - distinct + server.CreatedCount - distinct}", "0",
                distinct == submissions && server.CreatedCount == submissions, Name));
    }

    private static TimeSpan[] Durations(int count)
    {
        Random random = new(1);
        return
        [
            .. Enumerable.Range(0, count).Select(
                _ => TimeSpan.FromSeconds(Math.Max(Shortest, Median * Math.Exp(Spread * Normal(random))))),
        ];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // When the last one starts if each takes the first slot that becomes free, at the very moment.
    private static TimeSpan Best(TimeSpan[] durations, int slots)
    {
        PriorityQueue<int, TimeSpan> free = new(Enumerable.Range(0, slots).Select(slot => (slot, TimeSpan.Zero)));
        TimeSpan last = TimeSpan.Zero;
        foreach (TimeSpan duration in durations)
        {
            free.TryDequeue(out int slot, out TimeSpan at);
            last = at;
            free.Enqueue(slot, at + duration);
        }

        return last;
    }
}
