using System.Globalization;
using KlingPS.Journal;

namespace KlingPS.Benchmarks.Commands;

/// <summary>What a journal of years costs a session.</summary>
internal sealed class JournalVerb : Verb
{
    private const double Bound = 1.5;
    private const double MegabytesBound = 20;

    private static readonly string[] Steps = ["Connect-Kling", "New-KlingVideo, five", "Get-KlingTask -Last 5"];

    internal override string Name => "journal";

    internal override string Usage => "[--pairs 15] [--lines 200000] [--write docs/performance.md]";

    internal override string Summary =>
        "connects, submits and asks for the last tasks with a long journal and with none, in turns";

    internal override async Task<int> RunAsync(Options options)
    {
        int pairs = (int)options.Count("--pairs", 15);
        int lines = (int)options.Count("--lines", 200_000);
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        await using ServedTask task = await ServedTask.StartAsync();
        string folder = Directory.CreateTempSubdirectory("klingps-journal-").FullName;
        try
        {
            await FillAsync(folder, lines, task.BaseUri);
            using FreshShell shell = new() { BaseUri = task.BaseUri };
            shell.Announce(Console.Out);
            Pairs[] times = [.. Steps.Select(step => new Pairs($"{step} with {lines:N0} lines", $"{step} with none"))];
            List<double> more = [];
            for (int i = 0; i < pairs; i++)
            {
                double[] full =
                    (await shell.RunAsync("journal.ps1", state => Copy(folder, state), Repository.Manifest))[0];
                double[] empty = (await shell.RunAsync("journal.ps1", Repository.Manifest))[0];
                more.Add(full[3] - empty[3]);
                for (int step = 0; step < Steps.Length; step++)
                {
                    times[step].Add(full[step], empty[step]);
                }
            }

            Array.ForEach(times, step => step.Print(Console.Out));
            double megabytes = Pairs.Median(more);
            string against = "the same with an empty journal";
            return Figure.Conclude(
                Console.Out,
                page,
                [
                    .. Steps.Select((step, i) => Figure.OfRatio(
                        $"{step}, journal of {lines:N0} lines", against, times[i].Ratio, Bound,
                        Name)),
                    new Figure(
                        "Memory of that session beyond the other", against, Megabytes(megabytes),
                        Megabytes(MegabytesBound), megabytes <= MegabytesBound, Name),
                ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Half intents and half tasks, told, and rotated as the first session that meets such a file does it.
    private static async Task FillAsync(string folder, int lines, Uri baseUri)
    {
        using ApiKey key = new(FreshShell.Key, "a measurement");
        JournalEntry entry = new()
        {
            Version = 1,
            Event = JournalEvent.Intent,
            Id = "",
            At = DateTimeOffset.UtcNow.AddDays(-30),
            Kind = KlingTaskKind.TextToVideo,
            Host = baseUri.Authority,
            Account = new AccountFingerprint(key).Own,
        };
        string file = Path.Combine(folder, "journal.jsonl");
        await using (FileStream stream = new(file, FileMode.Create))
        {
            for (int i = 0; i < lines / 2; i++)
            {
                JournalEntry intent = entry with { Id = $"{i:x32}" };
                await stream.WriteAsync(intent.ToLine());
                await stream.WriteAsync(
                    (intent with { Event = JournalEvent.Created, TaskId = $"{861_000_000_000_000_000 + i}" }).ToLine());
            }
        }

        Console.WriteLine($"A file of {lines:N0} lines, {Megabytes(new FileInfo(file).Length / 1024.0 / 1024)}.");
        TaskJournal journal = new(new FileJournalStore(file, TimeProvider.System), TimeProvider.System);
        long started = TimeProvider.System.GetTimestamp();
        if (journal.IsDueForRotation)
        {
            await journal.RotateAsync(CancellationToken.None);
        }

        Console.WriteLine(
            $"Read and rotated in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s; "
                + $"{Megabytes(new FileInfo(file).Length / 1024.0 / 1024)} are left.");
    }

    private static void Copy(string from, string state)
    {
        string to = Directory.CreateDirectory(Path.Combine(state, "KlingPS")).FullName;
        Array.ForEach(Directory.GetFiles(from), file => File.Copy(file, Path.Combine(to, Path.GetFileName(file))));
    }

    private static string Megabytes(double count) => count.ToString("0.0", CultureInfo.InvariantCulture) + " MB";
}
