using KlingPS.Requests;
using KlingPS.Transport;
using Microsoft.Extensions.Time.Testing;

namespace KlingPS.Core.Tests.Support;

/// <summary>The usual things a test starts from.</summary>
internal static class Given
{
    internal const string Key = "sk-0123456789abcdefWXYZ";

    internal static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal static readonly ExtensionRequest Extension = new("861234567890123456", "861234567890123457");

    internal static readonly VideoRequest Video = new() { Prompt = "a quiet harbour" };

    internal static FakeTimeProvider Clock() => new(Start);

    internal static ApiKey ApiKey(string key = Key) => new(key, "a test");

    /// <summary>A connection without a bound on its pace, unless the test sets one.</summary>
    internal static KlingConnection Connection(
        HttpMessageHandler? handler = null,
        TimeProvider? time = null,
        Func<ConnectionSettings, ConnectionSettings>? change = null)
    {
        ConnectionSettings settings = new() { BaseUri = new Uri("https://api.test/kling/"), MaxRequestsPerSec = 0 };
        return new KlingConnection(change?.Invoke(settings) ?? settings, ApiKey(), time, handler);
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
