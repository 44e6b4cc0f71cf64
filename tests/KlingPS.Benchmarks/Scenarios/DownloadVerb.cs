using System.Diagnostics;
using KlingPS.Benchmarks.Commands;
using KlingPS.Downloads;
using KlingPS.Transport;

namespace KlingPS.Benchmarks.Scenarios;

/// <summary>Downloads one large file by turns with the client, with a raw HttpClient and with curl.</summary>
internal sealed class DownloadVerb : Verb
{
    private const double BoundOnRaw = 1.05;
    private const double BoundOnCurl = 0.95;
    private const double BoundOnDisk = 1.1;
    private const double MostMegabytes = 8;

    // In memory where Linux has a file system there: a virtual disk gives times from 0.8 to 2.8 s for the same flush.
    private const string InMemory = "/dev/shm";

    private string _folder = "";

    internal override string Name => "download";

    internal override string Usage =>
        "[--mebibytes 1024] [--rounds 9] [--folder /dev/shm] [--write docs/performance.md]";

    internal override string Summary => "downloads a large file against a raw HttpClient and curl; memory stays flat";

    internal override async Task<int> RunAsync(Options options)
    {
        int mebibytes = (int)options.Count("--mebibytes", 1024);
        int rounds = (int)options.Count("--rounds", 9);
        string parent = options.Text("--folder") ?? (Directory.Exists(InMemory) ? InMemory : Path.GetTempPath());
        string? page = options.Text("--write");
        options.RefuseOthers();
        Measured.RefuseDebugBuild();
        _folder = Directory.CreateDirectory(Path.Combine(parent, $"KlingPS.Download.{Environment.ProcessId}")).FullName;
        await using ServerProcess server = await ServerProcess.StartAsync("--video-mebibytes", $"{mebibytes}");
        Uri address = new(server.BaseUri, "/videos/1.mp4");
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = server.BaseUri, MaxRequestsPerSec = 0 },
            new ApiKey("sk-0123456789abcdefWXYZ", "a benchmark"));
        KlingClient client = new(connection);
#pragma warning disable RS0030 // What it is compared with.
        using HttpClient raw = new();
#pragma warning restore RS0030
        bool hasCurl = await RunCurlAsync(address, warm: true) is not null;
        List<double> ours = [], http = [], curl = [];
        for (int warm = 0; warm < 2; warm++)
        {
            await SaveAsync(client, address);
            await CopyAsync(raw, address);
        }

        List<double> megabytes = [];
        for (int round = 0; round < rounds; round++)
        {
            await RestDiskAsync();
            MemoryPeak peak = new();
            using (peak.Watch())
            {
                ours.Add(await SaveAsync(client, address));
            }

            megabytes.Add(peak.Megabytes);

            await RestDiskAsync();
            http.Add(await CopyAsync(raw, address));
            if (hasCurl)
            {
                await RestDiskAsync();
                curl.Add((await RunCurlAsync(address, warm: false))!.Value);
            }
        }

        Directory.Delete(_folder, recursive: true);
        List<Figure> figures = [Compare(mebibytes, "a raw HttpClient", BoundOnRaw, ours, http)];
        if (hasCurl)
        {
            double bound = _folder.StartsWith(InMemory, StringComparison.Ordinal) ? BoundOnCurl : BoundOnDisk;
            figures.Add(Compare(mebibytes, "curl", bound, ours, curl));
        }
        else
        {
            Console.WriteLine("curl was not found, so it was not compared with.");
        }

        double growth = Pairs.Median(megabytes);
        Console.WriteLine($"Memory: median {growth:0.0} MB, most {megabytes.Max():0.0} MB.");
        figures.Add(new Figure(
            "the same: memory", "the process before it", $"{growth:0.0} MB", $"{MostMegabytes:0} MB",
            growth <= MostMegabytes, Name));
        return Figure.Conclude(Console.Out, page, figures);
    }

    private Figure Compare(int mebibytes, string what, double bound, List<double> ours, List<double> theirs)
    {
        Pairs pairs = new("KlingPS", what);
        foreach ((double our, double their) in ours.Zip(theirs))
        {
            pairs.Add(1000 * our, 1000 * their);
        }

        pairs.Print(Console.Out);
        return Figure.OfRatio($"A download of {mebibytes:N0} MiB, time", what, pairs.Ratio, bound, Name);
    }

    private async Task<double> SaveAsync(KlingClient client, Uri address)
    {
        string path = Path.Combine(_folder, "ours.mp4");
        KlingVideo video = new() { VideoId = "1", TaskId = "1", Url = address };
        long started = Stopwatch.GetTimestamp();
        await client.SaveAsync(video, path, new SaveOptions(), CancellationToken.None);
        return Took(started, path);
    }

    private async Task<double> CopyAsync(HttpClient http, Uri address)
    {
        string path = Path.Combine(_folder, "raw.mp4");
        long started = Stopwatch.GetTimestamp();
        using (HttpResponseMessage response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead))
        await using (FileStream file = File.Create(path))
        {
            await response.Content.CopyToAsync(file);
        }

        return Took(started, path);
    }

    private async Task<double?> RunCurlAsync(Uri address, bool warm)
    {
        string path = Path.Combine(_folder, "curl.mp4");
        long started = Stopwatch.GetTimestamp();
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(
                "curl",
                ["--silent", "--fail", "--output", path, warm ? address.AbsoluteUri + "?warm" : address.AbsoluteUri]))!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? Took(started, path) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // What the one before left in the system's cache would be written on the next one's time.
    private static async Task RestDiskAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            using Process process = Process.Start("sync");
            await process.WaitForExitAsync();
        }
    }

    private static double Took(long started, string path)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        File.Delete(path);
        return seconds;
    }
}
