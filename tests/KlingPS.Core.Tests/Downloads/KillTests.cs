using System.Security.Cryptography;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A process killed in a download loses what it had not yet received, and nothing else.</summary>
public sealed class KillTests : DownloadTest
{
    [Fact]
    public async Task Killed_twice_and_run_again_the_file_has_the_same_bytes_and_none_came_twice()
    {
        foreach (int bytes in new[] { 500, 400 })
        {
            Server.Inject(Fault.HangWithin(bytes).On("GET", ".mp4"));
            await SaveAndKillAsync(bytes);
        }

        Assert.Equal(["video.mp4.partial", "video.mp4.partial.tag"], Files);

        Assert.Equal("saved", await SaveInAProcessAsync());

        Assert.Equal(Hash(Whole), Hash(await File.ReadAllBytesAsync(Target, Token)));
        Assert.Equal(["video.mp4"], Files);
        Assert.Equal(["", "bytes=500-", "bytes=900-"], Ranges);
    }

    [Fact]
    public async Task Killed_while_megabytes_flow_and_run_again_the_file_has_the_same_bytes()
    {
        string video = Convert.ToHexString(RandomNumberGenerator.GetBytes(2_000_000));
        Dictionary<string, string> headers = new() { ["Content-Type"] = "video/mp4", ["ETag"] = "\"large\"" };
        Fault whole = Fault.Respond(200, video, headers).On("GET", ".mp4");

        // The end is held back, so that the process cannot be through before it is killed.
        Server.Inject(whole with { TruncateAfter = video.Length - 1, Hang = true });
        await SaveAndKillAsync(atLeast: 1);

        int have = (int)new FileInfo(Partial).Length;
        headers["Content-Range"] = string.Create(
            CultureInfo.InvariantCulture, $"bytes {have}-{video.Length - 1}/{video.Length}");
        Server.Inject(whole with { Status = 206, Body = video[have..] });

        Assert.Equal("saved", await SaveInAProcessAsync());

        Assert.Equal(
            Hash(Encoding.ASCII.GetBytes(video)), Hash(await File.ReadAllBytesAsync(Target, Token)));
        Assert.Equal(["", $"bytes={have}-"], Ranges);
        Assert.Equal("\"large\"", Downloads.Last().Headers["If-Range"]);
    }

    private IEnumerable<string> Ranges => Downloads.Select(request => request.Headers.GetValueOrDefault("Range", ""));

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private async Task SaveAndKillAsync(long atLeast)
    {
        using CrashProcess process = Start();
        for (long received = 0; received < atLeast;)
        {
            string[] words = (await process.ReadLineAsync(Token))?.Split(' ') ?? ["the", "end"];
            Assert.Equal("received", words[0]);
            received += long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        await process.KillAsync(Token);
    }

    private async Task<string?> SaveInAProcessAsync()
    {
        using CrashProcess process = Start();
        return await process.LastLineAsync(Token);
    }

    private CrashProcess Start() => new("save", Video.Url!.AbsoluteUri, Target);
}
