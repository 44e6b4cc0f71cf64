using System.Diagnostics;
using KlingPS.Providers;

namespace KlingPS.Core.Tests.Support;

/// <summary>The usual things a test starts from.</summary>
internal static class Given
{
    internal const string Key = "sk-0123456789abcdefWXYZ";
    internal const string AccessKey = "ak-0123456789abcdef";
    internal const string SecretKey = "sk/0123456789+abcdefWXYZ";

    internal static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal static readonly ExtensionRequest Extension = new("861234567890123456", "861234567890123457");

    internal static readonly VideoRequest Video = new() { Prompt = "a quiet harbour" };

    internal static FakeTimeProvider Clock() => new(Start);

    internal static ApiKey ApiKey(string key = Key) => new(key, "a test");

    internal static KeyPair KeyPair() => new(AccessKey, SecretKey, "a test");

    /// <summary>Settings of a connection to Kling's own API.</summary>
    internal static ConnectionSettings OfKling(ConnectionSettings settings) =>
        settings with { Provider = Provider.Kling, BaseUri = new Uri("https://api.test/") };

    /// <summary>A connection without a bound on its pace, unless the test sets one.</summary>
    internal static KlingConnection Connection(
        HttpMessageHandler? handler = null,
        TimeProvider? time = null,
        Func<ConnectionSettings, ConnectionSettings>? change = null)
    {
        ConnectionSettings settings = new() { BaseUri = new Uri("https://api.test/kling/"), MaxRequestsPerSec = 0 };
        settings = change?.Invoke(settings) ?? settings;
        ApiKey key = settings.Provider == Provider.Kling ? KeyPair() : ApiKey();
        return new KlingConnection(settings, key, time, handler);
    }

    internal static KlingTask Task(
        string id = "861234567890123456",
        KlingTaskStatus status = KlingTaskStatus.Submitted,
        params KlingVideo[] videos) => new()
        {
            TaskId = id,
            Kind = KlingTaskKind.TextToVideo,
            Status = status,
            Videos = videos,
            VideoCount = videos.Length,
            VideoId = videos.FirstOrDefault()?.VideoId,
            Duration = videos.FirstOrDefault()?.Duration,
            CreatedAt = Start.LocalDateTime,
            UpdatedAt = Start.LocalDateTime,
        };
}

/// <summary>Answers in the service's shapes.</summary>
internal static class Bodies
{
    internal const string TooFast = """{"code":1302,"message":"too fast","request_id":"r-1302"}""";
    internal const string NoSlot =
        """{"code":1303,"message":"parallel task over resource pack limit","request_id":"r-1303"}""";

    internal const string NotFound =
        """{"code":1201,"message":"Task not found by id/external id: 1","request_id":"r-1201"}""";

    internal const string Html = "<html><body>Sign in to the network</body></html>";

    internal static string Task(
        string id = "861234567890123456", string status = "submitted", DateTimeOffset? created = null)
    {
        string time = (created ?? Given.Start).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string result = status == "succeed"
            ? """{"videos":[{"id":"861234567890123457","url":"https://cdn.test/v.mp4?ksSecret=s","duration":"5.1"}]}"""
            : "{}";
        return $$$"""
            {"code":0,"message":"SUCCEED","request_id":"r-0","data":{"task_id":"{{{id}}}","task_status":"{{{status}}}",
            "task_status_msg":"","task_info":{},"task_result":{{{result}}},
            "created_at":{{{time}}},"updated_at":{{{time}}}}}
            """;
    }
}

/// <summary>A clock on which a pause passes at once; a request's timeout waits for the test.</summary>
internal sealed class HurriedTime() : FakeTimeProvider(Given.Start)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < LongestPause)
        {
            _ = Task.Run(() => Advance(dueTime));
        }

        return timer;
    }
}

/// <summary>Makes what .NET cannot make everywhere.</summary>
internal static class UnixTool
{
    /// <summary>Makes a link to a file; the test is skipped where that needs a right.</summary>
    internal static void MakeLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
        }
        catch (IOException e) when (OperatingSystem.IsWindows())
        {
            Assert.Skip($"Links cannot be made here: {e.Message}");
        }
    }

    /// <summary>Makes a named pipe; the test is skipped where there are none in folders.</summary>
    internal static async Task MakePipeAsync(string path, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes are in no folder here.");
        await RunAsync(cancellationToken, "mkfifo", path);
    }

    internal static async Task RunAsync(CancellationToken cancellationToken, string tool, params string[] arguments)
    {
        using Process process = Process.Start(tool, arguments);
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>Another culture until it is disposed of.</summary>
internal sealed class InCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    internal InCulture(string name) => CultureInfo.CurrentCulture = new CultureInfo(name);

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}

/// <summary>The test that runs.</summary>
internal static class TestCancellation
{
    internal static CancellationToken Token => TestContext.Current.CancellationToken;
}
