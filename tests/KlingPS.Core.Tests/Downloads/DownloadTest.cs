using KlingPS.Core.Tests.Sockets;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A finished video on a real server, and a folder of its own to save it to.</summary>
public abstract class DownloadTest : SocketTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("klingps-tests-");

    internal KlingVideo Video { get; private set; } = null!;

    internal byte[] Whole { get; private set; } = [];

    internal string Target => Path.Combine(_folder.FullName, "video.mp4");

    internal string Partial => Target + ".partial";

    internal string[] Files => [.. _folder.GetFiles().Select(file => file.Name).Order()];

    internal IEnumerable<ReceivedRequest> Downloads =>
        Server.Requests.Where(request => request.Path.StartsWith("/videos/", StringComparison.Ordinal));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        KlingTask task = await SubmitAsync();
        task = await Client.GetAsync(task.TaskId, task.Kind, Token);
        Video = task.Videos[0];
        Whole = VideoTemplate.OfLength(Video.Duration!.Value);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    internal Task SaveAsync(
        KlingVideo? video = null,
        bool overwrite = false,
        string? path = null,
        long maxBytes = SaveOptions.DefaultMaxBytes) =>
        Client.SaveAsync(
            video ?? Video, path ?? Target, new SaveOptions { Overwrite = overwrite, MaxBytes = maxBytes }, Token);

    internal Task<KlingException> FailToSaveAsync(
        KlingVideo? video = null, string? path = null, long maxBytes = SaveOptions.DefaultMaxBytes) =>
        Assert.ThrowsAsync<KlingException>(() => SaveAsync(video, path: path, maxBytes: maxBytes));

    /// <summary>Gets the first bytes and no more, as after a lost connection.</summary>
    internal async Task SavePartlyAsync(long bytes)
    {
        Connect(Server.BaseUri, maxRetryCount: 0);
        Server.Inject(Fault.Truncate(bytes).On("GET", ".mp4"));
        await FailToSaveAsync();
        Connect(Server.BaseUri);
    }

    internal async Task AssertSavedAsync() => Assert.Equal(Whole, await File.ReadAllBytesAsync(Target, Token));
}
