using KlingPS.Journal;
using KlingPS.Requests;
using KlingPS.Transport;
using KlingPS.Waiting;

namespace KlingPS.Desktop;

/// <summary>A connection with its client, and what is asked of it again and again.</summary>
internal sealed class Client : IDisposable
{
    internal const string Key = "sk-0123456789abcdefWXYZ";

    internal Client(Uri baseUri, ConnectionSettings? settings = null, TaskJournal? journal = null)
        : this(new KlingConnection(
            (
                settings ?? new ConnectionSettings { MaxRequestsPerSec = 0, MaxRetryCount = 0 }) with { BaseUri =
                    baseUri },
            NewKey(),
            journal: journal))
    {
    }

    internal Client(KlingConnection connection)
    {
        Connection = connection;
        Door = new KlingClient(connection, Trace);
    }

    internal KlingConnection Connection { get; }

    internal KlingClient Door { get; }

    internal Trace Trace { get; } = new();

    internal static ApiKey NewKey() => new(Key, "a check");

    internal static ConnectionSettings Hasty(double seconds) => new()
    {
        MaxRequestsPerSec = 0,
        MaxRetryCount = 0,
        RequestTimeout = TimeSpan.FromSeconds(seconds),
    };

    internal Task<KlingTask> SubmitAsync(SubmitRequest request, CancellationToken cancellationToken = default) =>
        Door.SubmitAsync(request, TimeSpan.FromSeconds(20), cancellationToken);

    /// <summary>A new video, waited for.</summary>
    internal async Task<KlingTask> MadeAsync() =>
        await WaitAsync(
            await SubmitAsync(new VideoRequest { Prompt = "a quiet harbour at dawn", Model = "kling-v1-6" }));

    internal async Task<KlingTask> WaitAsync(KlingTask task)
    {
        List<WaitOutcome> outcomes = [];
        WaitOptions options = new() { Timeout = TimeSpan.FromSeconds(20), PollInterval = TimeSpan.FromSeconds(0.1) };
        TaskWaiter waiter = Door.Wait(options, outcomes.Add);
        waiter.Add(task);
        waiter.CompleteAdding();
        await waiter.RunAsync(CancellationToken.None);
        Ensure.Equal(1, outcomes.Count, "the number of outcomes");
        Ensure.That(outcomes[0].Error is null, $"the wait failed: {outcomes[0].Error}");
        return outcomes[0].Task;
    }

    public void Dispose() => Connection.Dispose();
}

/// <summary>Keeps what is traced.</summary>
internal sealed class Trace : IRequestTrace
{
    private readonly List<string> _texts = [];

    public bool WantsRequests => true;

    public bool WantsBodies => true;

    internal string All
    {
        get
        {
            lock (_texts)
            {
                return string.Join("\n", _texts);
            }
        }
    }

    public void Completed(RequestTrace request) =>
        Add($"{request}\n{request.RequestBody}\n{request.ResponseBody}\n{request.Failure}");

    public IDisposable? Pausing(TimeSpan pause, string reason)
    {
        Add($"pause {pause.TotalSeconds}: {reason}");
        return null;
    }

    public IDisposable? Queueing(TimeSpan expected, string reason) => Pausing(expected, reason);

    public void Warn(string text) => Add(text);

    private void Add(string text)
    {
        lock (_texts)
        {
            _texts.Add(text);
        }
    }
}
