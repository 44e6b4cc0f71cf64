using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KlingPS.Benchmarks.Commands;

/// <summary>How long the page of many videos takes to make, and a browser to open.</summary>
internal sealed class GalleryVerb : Verb
{
    private const double Bound = 1.0;

    internal override string Name => "gallery";

    internal override string Usage =>
        "[--videos 1000] [--runs 5] [--chromium chromium] [--write docs/performance.md]";

    internal override string Summary =>
        "makes the gallery of saved videos in fresh processes, and opens it in Chromium";

    internal override async Task<int> RunAsync(Options options)
    {
        int videos = (int)options.Count("--videos", 1_000);
        int runs = (int)options.Count("--runs", 5);
        string chromium = options.Text("--chromium") ?? "/usr/bin/chromium";
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        using FreshShell shell = new();
        shell.Announce(Console.Out);
        using TempFolder folder = new();
        List<double> fromFiles = [];
        List<double> fromTasks = [];
        List<double> opened = [];
        for (int i = 0; i < runs; i++)
        {
            string run = folder.File($"{i}");
            double[] made = (await shell.RunAsync("gallery.ps1", Repository.Manifest, run, $"{videos}"))[0];
            fromFiles.Add(made[0]);
            fromTasks.Add(made[1]);
            opened.AddRange(await OpenAsync(chromium, Path.Combine(run, "index.html")));
        }

        Console.WriteLine(
            $"A page of {new FileInfo(folder.File("0/index.html")).Length / 1024.0:0} KB with {videos:N0} players.");
        return Figure.Conclude(
            Console.Out,
            page,
            Of($"{videos:N0} saved videos: the page made", fromFiles),
            Of($"the same from {videos:N0} tasks", fromTasks),
            Of("the page opened in Chromium, until the first cards are painted", opened));
    }

    // The worse of two statistics. Each page is opened five times.
    private Figure Of(string what, List<double> milliseconds)
    {
        string each = string.Join(" ", milliseconds.Select(time => time.ToString("0", CultureInfo.InvariantCulture)));
        Console.WriteLine($"{what}: median {Pairs.Median(milliseconds):0} ms; {each}");
        double seconds = Math.Max(Pairs.Median(milliseconds), milliseconds.Average()) / 1000;
        return new Figure(what, "", Seconds(seconds), Seconds(Bound), seconds <= Bound, Name);
    }

    private static async Task<double[]> OpenAsync(string chromium, string page)
    {
        ProcessStartInfo start =
            new("node", [Repository.PathOf("tests/npm/gallery.mjs"), "open", chromium, page])
            {
                RedirectStandardOutput = true,
            };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<double[]>(output)!
            : throw new InvalidOperationException("node or the packages of tests/npm are missing.");
    }

    private static string Seconds(double time) => time.ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
