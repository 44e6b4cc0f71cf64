using System.Diagnostics;
using KlingPS.Downloads;

namespace KlingPS.Desktop.Checks;

/// <summary>Queries and a download over HTTP when things go wrong.</summary>
internal sealed class QueryChecks(Server server, TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A query without an answer times out", TimesOut),
        ("A query whose answer stops half-way times out", TimesOutWithin),
        ("A query that is cancelled ends in under a second", Cancelled),
        ("A query that is cancelled in the middle of its answer ends in under a second", CancelledWithin),
        ("A download that breaks off is continued where it stopped", Continues),
    ];

    private async Task<KlingTask> TaskAsync()
    {
        using Client client = new(server.BaseUri);
        KlingTask task = await client.MadeAsync();
        await server.RequestsAsync();
        return task;
    }

    private Task TimesOut() => TimesOutAsync("hang-before");

    private Task TimesOutWithin() => TimesOutAsync("hang-within 100");

    private async Task TimesOutAsync(string fault)
    {
        KlingTask task = await TaskAsync();
        await server.FaultAsync("GET", "/", fault);
        using Client client = new(server.BaseUri, Client.Hasty(0.5));
        Stopwatch watch = Stopwatch.StartNew();
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.GetAsync(task.TaskId, task.Kind, CancellationToken.None));
        Ensure.Equal("RequestTimeout", error.ErrorId, "the error");
        Ensure.Less(watch.Elapsed, TimeSpan.FromSeconds(1.5), "a limit of half a second");
    }

    private Task Cancelled() => CancelledAsync("hang-before");

    private Task CancelledWithin() => CancelledAsync("hang-within 100");

    private async Task CancelledAsync(string fault)
    {
        KlingTask task = await TaskAsync();
        await server.FaultAsync("GET", "/", fault);
        using Client client = new(server.BaseUri);
        using CancellationTokenSource source = new();
        Task<KlingTask> running = client.Door.GetAsync(task.TaskId, task.Kind, source.Token);
        await server.WaitAsync(1);
        await Ensure.CancelledAtOnceAsync(running, source);
    }

    private async Task Continues()
    {
        KlingVideo video = (await TaskAsync()).Videos[0];
        string path = temp.File("continued.mp4");
        await server.FaultAsync("GET", "/videos/", "truncate 700");
        using Client client = new(server.BaseUri, Client.Hasty(10) with { MaxRetryCount = 2 });
        await client.Door.SaveAsync(video, path, new SaveOptions(), CancellationToken.None);
        Arrival[] gets = await server.RequestsAsync();
        Ensure.Equal(2, gets.Length, "the requests");
        Ensure.Equal("bytes=700-", gets[1].Header("Range"), "what the second asked for");
        Ensure.Equal($"\"{video.VideoId}\"", gets[1].Header("If-Range"), "on which condition");
        using HttpRequestMessage request = new(HttpMethod.Get, video.Url);
        using HttpResponseMessage response = await client.Connection.SendAsync(request, CancellationToken.None);
        byte[] whole = await response.Content.ReadAsByteArrayAsync();
        await server.RequestsAsync();
        Ensure.That(File.ReadAllBytes(path).SequenceEqual(whole), "the file is not what the server has");
    }
}
