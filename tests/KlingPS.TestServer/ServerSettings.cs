using System.Security.Cryptography.X509Certificates;

namespace KlingPS.TestServer;

/// <summary>The sandbox's options as a test sets them, and the port.</summary>
public sealed class ServerSettings
{
    /// <summary>The clock of tasks and <see cref="ReceivedRequest.ReceivedAt"/>; faults pause in real time.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>From creation to the end of a task. Zero: at once.</summary>
    public TimeSpan TaskDuration { get; set; }

    /// <summary>The n-th created task (from 0) to its duration; overrides <see cref="TaskDuration"/>.</summary>
    public Func<int, TimeSpan>? DurationOf { get; set; }

    /// <summary>How many tasks may be unfinished; null for no limit.</summary>
    public int? ConcurrentTasks { get; set; }

    /// <summary>The only key accepted; null accepts any.</summary>
    public string? RequiredKey { get; set; }

    /// <summary>Takes an external id as often as it comes, unlike the service.</summary>
    public bool TakesExternalIdsAgain { get; set; }

    /// <summary>What goes wrong with a request that no injected fault hits; null for nothing. Called from many threads.</summary>
    public Func<ReceivedRequest, Fault?>? FaultFor { get; set; }

    /// <summary>False for a long run: <see cref="KlingTestServer.Requests"/> then stays empty.</summary>
    public bool KeepRequests { get; set; } = true;

    /// <summary>With it the server speaks https only.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Zero: any free port.</summary>
    public int Port { get; set; }
}
