using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;

namespace KlingPS.Desktop.Checks;

/// <summary>Neither the key nor a signed address gets into what is shown or kept.</summary>
internal sealed class SecretsChecks(Server server, TempFolder temp)
{
    private const string Signature = "0a1b2c3d4e5f";

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A refusal that quotes the key and a signed address shows neither", Quoted),
        ("No trace holds the key or a signed query", Traced),
        ("The journal holds neither key nor prompt nor address", Kept),
    ];

    private async Task Quoted()
    {
        await server.FaultAsync(
            "POST",
            "/",
            $$"""respond 400 {"code":1200,"message":"bad: Bearer {{Client.Key}} at https://v.test/a.mp4"""
            + $$"""?ksSecret={{Signature}}&ksTime=1","request_id":"r1"}""");
        using Client client = new(server.BaseUri);
        KlingException error = await Ensure.ThrowsAsync<KlingException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "a" }));
        EnsureClean(error.ToString(), "the error");
        EnsureClean(client.Trace.All, "the trace");
        Ensure.That(error.Message.Contains("[key]"), $"the service's message is missing in {error.Message}");
        await server.RequestsAsync();
    }

    private async Task Traced()
    {
        using Client client = new(server.BaseUri);
        KlingTask task = await client.MadeAsync();
        await client.Door.SaveAsync(task.Videos[0], temp.File("secret.mp4"), new SaveOptions(), CancellationToken.None);
        string secret = task.Videos[0].Url!.Query.Split('&').Single(part => part.Contains("ksSecret")).Split('=')[1];
        string traced = client.Trace.All;
        Ensure.That(traced.Contains("HTTP 200") && traced.Contains("task_id"), "nothing was traced");
        EnsureClean(traced, "the trace");
        Ensure.That(!traced.Contains(secret), $"the trace holds a signature: {traced}");
        await server.RequestsAsync();
    }

    private async Task Kept()
    {
        string path = temp.File("secrets.jsonl");
        using Client client = new(
            server.BaseUri,
            journal: new TaskJournal(new FileJournalStore(path, TimeProvider.System), TimeProvider.System));
        await client.MadeAsync();
        string text = File.ReadAllText(path);
        Ensure.That(text.Contains("Intent") && text.Contains("Created"), $"the journal holds too little: {text}");
        EnsureClean(text, "the journal");
        Ensure.That(!text.Contains("harbour") && !text.Contains("http"), $"the journal holds too much: {text}");
        await server.RequestsAsync();
    }

    private static void EnsureClean(string text, string what) =>
        Ensure.That(!text.Contains(Client.Key) && !text.Contains(Signature), $"{what} holds a secret: {text}");
}
