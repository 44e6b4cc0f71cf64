using KlingPS.Downloads;
using KlingPS.Requests;
using KlingPS.Sandbox;
using KlingPS.Submitting;
using KlingPS.Transport;

namespace KlingPS.Desktop.Checks;

/// <summary>The whole way without a socket, as Connect-Kling -Sandbox goes it.</summary>
internal sealed class SandboxChecks(TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("In the sandbox a video is made, extended, waited for and saved", WholeWay),
        ("In the sandbox what is cancelled is not sent", Cancelled),
        ("In the sandbox a refusal is read", Refused),
    ];

    private static Client NewClient(SandboxService service, SandboxOptions options) => new(new KlingConnection(
        new ConnectionSettings { BaseUri = new Uri(options.PublicBaseUri, "kling/"), MaxRequestsPerSec = 0,
            IsSandbox = true },
        Client.NewKey(),
        handler: new SandboxHandler(service)));

    private async Task WholeWay()
    {
        SandboxOptions options = new() { TaskDuration = TimeSpan.FromSeconds(0.2) };
        using Client client = NewClient(new SandboxService(options), options);
        KlingTask parent = await client.MadeAsync();
        KlingTask child = await client.WaitAsync(
            await client.SubmitAsync(
                new ExtensionRequest(parent.TaskId, parent.VideoId!) { Prompt = "The sun breaks through" }));
        Ensure.Equal(KlingTaskStatus.Succeed, child.Status, "the status of the extension");
        Ensure.Equal(TimeSpan.FromSeconds(9.5), child.Duration, "the length of the extension");
        Ensure.Equal(parent.VideoId, child.ParentVideo?.VideoId, "the parent of the extension");
        string path = temp.File("sandbox.mp4");
        await client.Door.SaveAsync(child.Videos[0], path, new SaveOptions(), CancellationToken.None);
        Ensure.That(new FileInfo(path).Length > 1000, "the file is empty");
        KlingTask again = await client.Door.GetAsync(child.TaskId, child.Kind, CancellationToken.None);
        Ensure.Equal(child.VideoId, again.VideoId, "the video queried again");
    }

    private static async Task Cancelled()
    {
        SandboxOptions options = new();
        SandboxService service = new(options);
        using Client client = NewClient(service, options);
        await Ensure.ThrowsAsync<OperationCanceledException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "a" }, new CancellationToken(true)));
        Ensure.Equal(0, service.CreatedCount, "the tasks created");
    }

    private static async Task Refused()
    {
        SandboxOptions options = new();
        using Client client = NewClient(new SandboxService(options), options);
        KlingException refusal = await Ensure.ThrowsAsync<KlingException>(
            () => client.SubmitAsync(new VideoRequest { Prompt = "[sandbox:reject]" }));
        Ensure.Equal("ContentRejected", refusal.ErrorId, "the error");
        Ensure.Equal("1301", refusal.ServiceCode, "the service's code");
        Ensure.Equal(SubmissionOutcome.NotCreated, refusal.Submission, "what is known");
    }
}
