using System.Diagnostics;
using KlingPS.Downloads;

namespace KlingPS.Desktop.Checks;

/// <summary>Videos over HTTP to files.</summary>
internal sealed class DownloadChecks(Server server, TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A video is saved whole, and its host sees no key", Saves),
        ("A download that breaks off is continued where it stopped", Continues),
        ("A file that is there is replaced only when that is allowed", Replaces),
        ("A download that stops half-way times out and is continued later", Stalls),
        ("A download that is cancelled ends in under a second and is continued later", Cancelled),
    ];

    private async Task<KlingVideo> VideoAsync(Client client)
    {
        KlingTask task = await client.MadeAsync();
        await server.RequestsAsync();
        return task.Videos[0];
    }

    private async Task Saves()
    {
        using Client client = new(server.BaseUri);
        KlingVideo video = await VideoAsync(client);
        string path = temp.File("saved.mp4");
        await client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None);
        Arrival get = (await server.RequestsAsync()).Single();
        Ensure.Equal("", get.Header("Authorization"), "the authorization that the host of the video sees");
        Ensure.Equal("identity", get.Header("Accept-Encoding"), "the encoding asked for");
        await EnsureWholeAsync(client, video, path);
    }

    private async Task Continues()
    {
        using Client client = new(server.BaseUri, Client.Hasty(10) with { MaxRetryCount = 2 });
        KlingVideo video = await VideoAsync(client);
        string path = temp.File("continued.mp4");
        await server.FaultAsync("GET", "/videos/", "truncate 700");
        await client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None);
        Arrival[] gets = await server.RequestsAsync();
        Ensure.Equal(2, gets.Length, "the requests");
        Ensure.Equal("bytes=700-", gets[1].Header("Range"), "what the second asked for");
        Ensure.Equal($"\"{video.VideoId}\"", gets[1].Header("If-Range"), "on which condition");
        await EnsureWholeAsync(client, video, path);
    }

    private async Task Replaces()
    {
        using Client client = new(server.BaseUri);
        KlingVideo video = await VideoAsync(client);
        string path = temp.File("there.mp4");
        File.WriteAllText(path, "old");
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None));
        Ensure.Equal("FileExists", error.ErrorId, "the error");
        Ensure.Equal("old", File.ReadAllText(path), "what the file holds");
        await client.Door.SaveAsync(video, path, new SaveOptions { Overwrite = true }, CancellationToken.None);
        await EnsureWholeAsync(client, video, path);
    }

    private async Task Stalls()
    {
        using Client client = new(server.BaseUri, Client.Hasty(0.5));
        KlingVideo video = await VideoAsync(client);
        string path = temp.File("stalled.mp4");
        await server.FaultAsync("GET", "/videos/", "hang-within 900");
        Stopwatch watch = Stopwatch.StartNew();
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None));
        Ensure.Equal("RequestTimeout", error.ErrorId, "the error");
        Ensure.Less(watch.Elapsed, TimeSpan.FromSeconds(2), "a limit of half a second");
        await EnsureContinuedAsync(client, video, path, 900);
    }

    private async Task Cancelled()
    {
        using Client client = new(server.BaseUri);
        KlingVideo video = await VideoAsync(client);
        string path = temp.File("cancelled.mp4");
        await server.FaultAsync("GET", "/videos/", "hang-within 800");
        using CancellationTokenSource source = new();
        TaskCompletionSource<bool> began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SaveOptions options = new() { Received = _ => began.TrySetResult(true) };
        Task running = client.Door.SaveAsync(video, path, options, source.Token);
        await began.Task;
        await Ensure.CancelledAtOnceAsync(running, source);
        await EnsureContinuedAsync(client, video, path, 800);
    }

    private async Task EnsureContinuedAsync(Client client, KlingVideo video, string path, int from)
    {
        Ensure.That(!File.Exists(path), "there is a file of the final name");
        Ensure.Equal((long)from, new FileInfo(path + ".partial").Length, "what is there of it");
        await server.RequestsAsync();
        await client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None);
        Ensure.Equal(
            $"bytes={from}-", (await server.RequestsAsync()).Single().Header("Range"), "what the next asked for");
        await EnsureWholeAsync(client, video, path);
    }

    // Against the same file fetched in one piece.
    private async Task EnsureWholeAsync(Client client, KlingVideo video, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, video.Url);
        using HttpResponseMessage response = await client.Connection.SendAsync(request, CancellationToken.None);
        byte[] whole = await response.Content.ReadAsByteArrayAsync();
        await server.RequestsAsync();
        Ensure.That(
            whole.Length > 1000 && File.ReadAllBytes(path).SequenceEqual(whole), "the file is not what the server has");
        Ensure.Equal(1, Directory.GetFiles(temp.Path, Path.GetFileName(path) + "*").Length, "the files of that name");
    }
}
