using System.Diagnostics;
using System.Net;
using KlingPS.Downloads;
using KlingPS.Http;

namespace KlingPS.Benchmarks.Scenarios;

/// <summary>Downloads one large file by turns with the client, with a raw HttpClient and with curl.</summary>
internal sealed class DownloadVerb : Verb
{
    private const double Bound = 0.95;
    private const double MostMegabytes = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("KlingPS.Download.").FullName;

    internal override string Name => "download";

    internal override string Usage => "[--mebibytes 1024] [--rounds 5]";

    internal override string Summary => "downloads a large file against a raw HttpClient and curl; memory stays flat";

    internal override async Task<int> RunAsync(Options options)
    {
        int mebibytes = (int)options.Count("--mebibytes", 1024);
        int rounds = (int)options.Count("--rounds", 5);
        options.RefuseOthers();
        await using ServerProcess server = await ServerProcess.StartAsync("--video-mebibytes", $"{mebibytes}");
        Uri address = new(server.BaseUri, "/videos/1.mp4");
        using KlingConnection connection = new(
            new ConnectionSettings { BaseUri = server.BaseUri, MaxRequestsPerSec = 0 },
            new ApiKey(new NetworkCredential("", "sk-0123456789abcdefWXYZ").SecurePassword, "a benchmark"));
        KlingClient client = new(connection);
#pragma warning disable RS0030 // What it is compared with.
        using HttpClient raw = new();
#pragma warning restore RS0030
        bool hasCurl = await RunCurlAsync(address, warm: true) is not null;
        List<double> ours = [], http = [], curl = [];
        await SaveAsync(client, address);
        MemoryPeak peak = new();
        for (int round = 0; round < rounds; round++)
        {
            using (peak.Watch())
            {
                ours.Add(await SaveAsync(client, address));
            }

            http.Add(await CopyAsync(raw, address));
            if (hasCurl)
            {
                curl.Add((await RunCurlAsync(address, warm: false))!.Value);
            }
        }

        Directory.Delete(_folder, recursive: true);
        bool holds = Report("raw HttpClient", http, ours, mebibytes) & (!hasCurl || Report("curl", curl, ours, mebibytes));
        Console.WriteLine(hasCurl ? "" : "curl was not found, so it was not compared with.");
        bool isFlat = peak.Megabytes <= MostMegabytes;
        Console.WriteLine(FormattableString.Invariant(
            $"Memory while downloading: {peak.Megabytes:0.0} MB more at most, bound {MostMegabytes:0} MB: {(isFlat ? "holds" : "DOES NOT HOLD")}."));
        return holds && isFlat ? 0 : 1;
    }

    private static bool Report(string what, List<double> other, List<double> ours, int mebibytes)
    {
        double ratio = Statistics.Median(other) / Statistics.Median(ours);
        Console.WriteLine(FormattableString.Invariant(
            $"{mebibytes} MiB: {mebibytes / Statistics.Median(ours):0} MiB/s against {mebibytes / Statistics.Median(other):0} MiB/s of {what}: {ratio:0.00} ×, bound {Bound:0.00} ×: {(ratio >= Bound ? "holds" : "DOES NOT HOLD")}."));
        return ratio >= Bound;
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
            using Process process = Process.Start(new ProcessStartInfo("curl", ["--silent", "--fail", "--output", path, warm ? address.AbsoluteUri + "?warm" : address.AbsoluteUri]))!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? Took(started, path) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static double Took(long started, string path)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        File.Delete(path);
        return seconds;
    }
}
