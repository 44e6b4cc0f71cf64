using System.Diagnostics;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>Queries over HTTP when things go wrong.</summary>
internal sealed class QueryChecks(Server server)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A query without an answer times out", TimesOut),
        ("A query whose answer stops half-way times out", TimesOutWithin),
        ("A query that is cancelled ends in under a second", Cancelled),
        ("A query that is cancelled in the middle of its answer ends in under a second", CancelledWithin),
        ("A wait that is cancelled ends in under a second", CancelledWait),
        ("A query whose connection is lost is asked again", AskedAgain),
        ("A redirect of a query is not followed", Redirect),
        ("An unknown id is not found", NotFound),
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

    private async Task CancelledWait()
    {
        using Client client = new(server.BaseUri);
        KlingTask task = await client.SubmitAsync(new VideoRequest { Prompt = "[sandbox:slow 30]" });
        await server.RequestsAsync();
        Waiting.TaskWaiter waiter = client.Door.Wait(
            new Waiting.WaitOptions { PollInterval = TimeSpan.FromSeconds(20) }, _ => { });
        waiter.Add(task);
        waiter.CompleteAdding();
        using CancellationTokenSource source = new();
        Task running = waiter.RunAsync(source.Token);
        await server.WaitAsync(1);
        await Ensure.CancelledAtOnceAsync(running, source);
    }

    private async Task AskedAgain()
    {
        KlingTask task = await TaskAsync();
        await server.FaultAsync("GET", "/", "reset-before");
        using Client client = new(server.BaseUri, Client.Hasty(10) with { MaxRetryCount = 4 });
        KlingTask found = await client.Door.GetAsync(task.TaskId, task.Kind, CancellationToken.None);
        Ensure.Equal(task.VideoId, found.VideoId, "the video");
    }

    private async Task Redirect()
    {
        KlingTask task = await TaskAsync();
        await server.FaultAsync("GET", "/", $"redirect 302 {server.BaseUri}v1/videos/text2video/{task.TaskId}");
        using Client client = new(server.BaseUri);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.GetAsync(task.TaskId, task.Kind, CancellationToken.None));
        Ensure.Equal("UnexpectedResponse", error.ErrorId, "the error");
        Ensure.Equal(1, (await server.RequestsAsync()).Length, "the requests");
    }

    private async Task NotFound()
    {
        using Client client = new(server.BaseUri);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.GetAsync("861234567890123456", KlingTaskKind.TextToVideo, CancellationToken.None));
        Ensure.Equal("TaskNotFound", error.ErrorId, "the error");
    }
}
