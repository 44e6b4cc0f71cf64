using KlingPS.Downloads;
using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Submitting;
using KlingPS.Transport;

namespace KlingPS.Desktop.Checks;

/// <summary>
/// What is aborted in the middle of an answer, where the stream says so with an IOException and not as cancelled.
/// </summary>
internal sealed class AbortedChecks(TempFolder temp)
{
    private static readonly VideoRequest Video = new() { Prompt = "a" };
    private static readonly KlingVideo File =
        new() { TaskId = "1", VideoId = "2", Url = new Uri("https://v.invalid/a.mp4") };

    internal (string Name, Func<Task> Run)[] All =>
    [
        ("A query aborted within its answer is cancelled, and asked no more", Query),
        ("A paid request aborted within its answer is cancelled, and the journal says that nobody knows", Submission),
        ("A download aborted within its body is cancelled, and keeps what has arrived", Download),
        ("Aborted because the time is over, a query is a timeout and a paid request an unknown submission", TimeOver),
    ];

    private static Client NewClient(AbortedAnswers answers, double seconds = 30) => new(new KlingConnection(
        Client.Hasty(seconds) with { BaseUri = new Uri("https://kling.invalid/") },
        Client.NewKey(),
        handler: answers));

    private static async Task CancelledAsync(AbortedAnswers answers, Func<CancellationToken, Task> run)
    {
        using CancellationTokenSource source = new();
        Task running = run(source.Token);
        await answers.Reading;
        await Ensure.CancelledAtOnceAsync(running, source);
    }

    private static async Task Query()
    {
        using AbortedAnswers answers = new();
        using Client client = NewClient(answers);
        await CancelledAsync(answers, token => client.Door.GetAsync("1", KlingTaskKind.TextToVideo, token));
    }

    private static async Task Submission()
    {
        using AbortedAnswers answers = new();
        using Client client = NewClient(answers);
        await CancelledAsync(answers, token => client.SubmitAsync(Video, token));
        JournalEntry open = client.Connection.Journal.Unsettled().Single().Entry;
        Ensure.Equal(JournalEntry.Cancelled, open.Error, "what the journal says of it");
    }

    private async Task Download()
    {
        using AbortedAnswers answers = new();
        using Client client = NewClient(answers);
        string path = temp.File("aborted.mp4");
        await CancelledAsync(answers, token => client.Door.SaveAsync(File, path, new SaveOptions(), token));
        Ensure.Equal(1L, new FileInfo(path + ".partial").Length, "what is there of it");
    }

    private static async Task TimeOver()
    {
        using AbortedAnswers answers = new();
        using Client client = NewClient(answers, 0.2);
        KlingException late = await Ensure.ThrowsAsync<KlingException>(
            () => client.Door.GetAsync("1", KlingTaskKind.TextToVideo, default));
        Ensure.Equal("RequestTimeout", late.ErrorId, "the error of the query");
        KlingException unknown = await Ensure.ThrowsAsync<KlingException>(() => client.SubmitAsync(Video));
        Ensure.Equal("SubmissionUnknown", unknown.ErrorId, "the error of the paid request");
        Ensure.That(unknown.Message.Contains("0.2 s"), $"it does not say that the time was over: {unknown.Message}");
    }
}
