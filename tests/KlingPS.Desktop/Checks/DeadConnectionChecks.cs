using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Desktop.Checks;

/// <summary>HttpWebRequest may send again where a kept connection turns out dead: never what costs money.</summary>
internal sealed class DeadConnectionChecks
{
    private const string Queried = """{"code":0,"data":{"task_id":"1","task_status":"processing"}}""";
    private const string Created = """{"code":0,"data":{"task_id":"2","task_status":"submitted"}}""";

    private static readonly VideoRequest Video = new() { Prompt = "a" };

    internal (string Name, Func<Task> Run)[] All =>
    [
        .. Named("", _ => { }),
        .. Runtime.IsMono ? Named(", through Mono's HttpWebRequest too", Handlers.UseWebRequests) : [],
    ];

    private static (string Name, Func<Task> Run)[] Named(string suffix, Action<KlingConnection> prepare) =>
    [
        ("A kept connection that is dead takes no paid request down with it" + suffix, () => KeptIsDead(prepare)),
        (
            "A paid request on a connection that dies is not sent again by the framework" + suffix,
            () => NewDies(prepare)),
        ("After many queries every paid request has a connection of its own" + suffix, () => AfterMany(prepare)),
    ];

    private static bool IsPost(string request) => request.StartsWith("POST", StringComparison.Ordinal);

    private static async Task KeptIsDead(Action<KlingConnection> prepare)
    {
        // Answers queries and keeps their connections; who comes back on one of these with anything else meets a reset.
        HashSet<int> used = [];
        using RawServer server = new((connection, request) =>
        {
            lock (used)
            {
                return !IsPost(request)
                    ? Note(used, connection)
                    : used.Contains(connection) ? null : RawServer.Ok(Created);
            }
        });
        using Client client = new(server.Address);
        prepare(client.Connection);
        await client.Door.GetAsync("1", KlingTaskKind.TextToVideo, CancellationToken.None);
        KlingTask task = await client.SubmitAsync(Video);
        Ensure.Equal("2", task.TaskId, "the task");
        Ensure.Equal(1, server.Requests.Count(request => IsPost(request.Text)), "the paid requests");
    }

    private static string Note(HashSet<int> used, int connection)
    {
        used.Add(connection);
        return RawServer.Ok(Queried);
    }

    private static async Task NewDies(Action<KlingConnection> prepare)
    {
        using RawServer server = new((_, request) => IsPost(request) ? null : RawServer.Ok(Queried));
        using Client client = new(server.Address, Client.Hasty(10) with { MaxRetryCount = 4 });
        prepare(client.Connection);
        await client.Door.GetAsync("1", KlingTaskKind.TextToVideo, CancellationToken.None);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(() => client.SubmitAsync(Video));
        Ensure.Equal("SubmissionUnknown", error.ErrorId, "the error");
        // The next query comes after whatever the framework would have sent again.
        await client.Door.GetAsync("1", KlingTaskKind.TextToVideo, CancellationToken.None);
        Ensure.Equal(1, server.Requests.Count(request => IsPost(request.Text)), "the paid requests");
    }

    private static async Task AfterMany(Action<KlingConnection> prepare)
    {
        using RawServer server = new((_, request) => RawServer.Ok(IsPost(request) ? Created : Queried));
        using Client client = new(server.Address);
        prepare(client.Connection);
        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(
                Enumerable.Range(0, 8).Select(
                    _ => client.Door.GetAsync("1", KlingTaskKind.TextToVideo, CancellationToken.None)));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.SubmitAsync(Video)));
        }

        (int Connection, string Text)[] all = server.Requests;
        int[] paid = [.. all.Where(request => IsPost(request.Text)).Select(request => request.Connection)];
        Ensure.Equal(20, paid.Length, "the paid requests");
        Ensure.Equal(
            20,
            all.Count(request => paid.Contains(request.Connection)),
            "the requests on the connections of paid ones");
    }
}
