using System.Net;
using KlingPS.Sandbox;
using KlingPS.Transport;

namespace KlingPS.Connection;

/// <summary>The one place that knows the sandbox, so that its assembly is loaded for Connect-Kling -Sandbox only.</summary>
internal static class SandboxConnection
{
    // No word: the key is cut out of every message.
    private const string Key = "sk-sandbox-0000";

    // Queries cost nothing here, and a prompt may ask for a task far quicker than the others.
    private static readonly TimeSpan LongestExpected = TimeSpan.FromSeconds(2);

    internal static KlingConnection Create(TimeSpan taskDuration)
    {
        SandboxOptions options = new() { TaskDuration = taskDuration };
        ConnectionSettings settings = new()
        {
            BaseUri = new Uri(options.PublicBaseUri, "kling/"),
            IsSandbox = true,
            MaxRequestsPerSec = 0,
            ExpectedDuration = taskDuration < LongestExpected ? taskDuration : LongestExpected,
        };
        ApiKey key = new(new NetworkCredential("", Key).SecurePassword, "sandbox");
        return KlingConnection.ToHandler(settings, key, new SandboxHandler(new SandboxService(options)));
    }
}
