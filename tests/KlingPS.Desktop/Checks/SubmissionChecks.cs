using System.Diagnostics;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>Paid requests over HTTP: what they look like, and that none is sent twice.</summary>
internal sealed class SubmissionChecks(Server server)
{
    private static readonly VideoRequest Video =
        new() { Prompt = "a quiet harbour, schöne Grüße", Model = "kling-v1-6" };

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A paid request closes its connection, shares it with none, and expects no 100 Continue", Headers),
        ("A connection that is reset after the request is an unknown submission, sent once", ResetAfter),
        ("An answer that does not come in time is an unknown submission, sent once", TimesOut),
        ("A refused connection is a submission that was not sent, and is tried again", NotSent),
        ("A redirect of a paid request is not followed", Redirect),
        ("A paid request that is cancelled ends in under a second, and the journal keeps it", Cancelled),
    ];

    private async Task Headers()
    {
        using Client client = new(server.BaseUri);
        KlingTask task = await client.MadeAsync();
        await client.SubmitAsync(Video);
        await client.Door.GetAsync(task.TaskId, task.Kind, CancellationToken.None);
        Arrival[] all = await server.RequestsAsync();
        Arrival[] posts = [.. all.Where(request => request.Method == "POST")];
        Arrival[] gets = [.. all.Where(request => request.Method == "GET")];
        Ensure.Equal(2, posts.Length, "the paid requests");
        foreach (Arrival post in posts)
        {
            Ensure.Equal(
                "close", post.Header("Connection").ToLowerInvariant(), "the Connection header of a paid request");
            Ensure.Equal("", post.Header("Expect"), "the Expect header of a paid request");
            Ensure.Equal("application/json; charset=utf-8", post.Header("Content-Type"), "the type of the body");
            Ensure.Equal("Bearer " + Client.Key, post.Header("Authorization"), "the authorization");
            Ensure.Equal(1, all.Count(other => other.Connection == post.Connection), "the requests on its connection");
        }

        Ensure.That(
            posts[1].Body.Contains("schöne Grüße") || posts[1].Body.Contains("sch\\u00F6ne"),
            $"the prompt arrived as {posts[1].Body}");
        Ensure.That(gets.Length > 1, "there was one query only");
        Ensure.That(
            gets.All(get => get.Header("Connection").ToLowerInvariant() != "close"), "a query closes its connection");
        Ensure.That(
            gets.Select(get => get.Connection).Distinct().Count() < gets.Length,
            "queries do not share their connections");
    }

    private Task ResetAfter() => UnknownAsync("reset-after", limit: 30);

    private Task TimesOut() => UnknownAsync("hang-after", limit: 0.5);

    private async Task UnknownAsync(string fault, double limit)
    {
        int before = await server.CreatedAsync();
        await server.FaultAsync("POST", "/", fault);
        // Retries are allowed, and must not be used.
        using Client client = new(server.BaseUri, Client.Hasty(limit) with { MaxRetryCount = 4 });
        Stopwatch watch = Stopwatch.StartNew();
        KlingException error = await Ensure.ThrowsAsync<KlingException>(() => client.SubmitAsync(Video));
        Ensure.Equal("SubmissionUnknown", error.ErrorId, "the error");
        Ensure.Equal(SubmissionOutcome.Unknown, error.Submission, "what is known");
        Ensure.Less(watch.Elapsed, TimeSpan.FromSeconds(5), "it");
        // Whoever sends again does so by now: a request after this one is answered.
        await client.SubmitAsync(Video with { Prompt = "the next one" });
        Ensure.Equal(2, (await server.RequestsAsync()).Length, "the requests, the one after included");
        Ensure.Equal(before + 2, await server.CreatedAsync(), "the tasks created");
    }

    private async Task NotSent()
    {
        Uri nobody;
        using (RawServer gone = new((_, _) => null))
        {
            nobody = gone.Address;
        }

        using Client client = new(nobody, Client.Hasty(30) with { MaxRetryCount = 1 });
        KlingException error = await Ensure.ThrowsAsync<KlingException>(() => client.SubmitAsync(Video));
        Ensure.Equal("ConnectionFailed", error.ErrorId, "the error");
        Ensure.Equal(SubmissionOutcome.NotSent, error.Submission, "what is known");
        Ensure.That(client.Trace.All.Contains("pause "), "it was not tried again");
    }

    private async Task Redirect()
    {
        await server.FaultAsync("POST", "/", $"redirect 307 {server.BaseUri}v1/videos/elsewhere");
        using Client client = new(server.BaseUri);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(() => client.SubmitAsync(Video));
        Ensure.Equal("SubmissionUnknown", error.ErrorId, "the error");
        Ensure.Equal(1, (await server.RequestsAsync()).Length, "the requests");
    }

    private async Task Cancelled()
    {
        using Client client = new(server.BaseUri);
        using CancellationTokenSource source = new();
        await server.FaultAsync("POST", "/", "hang-after");
        Task<KlingTask> running = client.SubmitAsync(Video, source.Token);
        await server.WaitAsync(1);
        await Ensure.CancelledAtOnceAsync(running, source);
        JournalEntry[] open = [.. client.Connection.Journal.Unsettled().Select(state => state.Entry)];
        Ensure.Equal(1, open.Length, "the submissions whose end nobody knows");
        Ensure.Equal(JournalEntry.Cancelled, open[0].Error, "what the journal says of it");
        Ensure.Equal(1, (await server.RequestsAsync()).Length, "the requests");
    }
}
