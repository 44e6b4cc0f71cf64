using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>One fault: how it is brought about and what each cmdlet makes of it.</summary>
internal sealed record FaultRow(string Name, Outcome Extension, Outcome Video, Outcome Get, Outcome Wait, Outcome Save)
{
    internal const int UsualTimeoutSec = 30;

    /// <summary>Below HTTP: the service, or the download host, is this.</summary>
    internal Func<Task<FaultyEndpoint>>? End { get; init; }

    /// <summary>In HTTP: what hits every request of the cell. Given the address of another host.</summary>
    internal Func<Uri, Fault>? Fault { get; init; }

    /// <summary>The same for a download, where it has to be another.</summary>
    internal Fault? Download { get; init; }

    /// <summary>How many requests <see cref="Fault"/> hits.</summary>
    internal int Times { get; init; } = int.MaxValue;

    /// <summary>How far the server's clock is ahead.</summary>
    internal TimeSpan ClockAhead { get; init; }

    /// <summary>The task is one the connection has just made, and on this server it takes a moment.</summary>
    internal bool IsOwnTask { get; init; }

    /// <summary>A query asks for a task that nobody made.</summary>
    internal bool IsNobodysTask { get; init; }

    /// <summary>Whether another host has to be there.</summary>
    internal bool NeedsOtherHost { get; init; }

    /// <summary>-RequestTimeoutSec: short only where it is the point, so that a busy machine changes no outcome.</summary>
    internal int RequestTimeoutSec { get; init; } = UsualTimeoutSec;

    /// <summary>-TimeoutSec of the wait: long enough for a second poll after any pause of the row.</summary>
    internal int WaitSec { get; init; } = 3;

    /// <summary>-QueueTimeoutSec: long enough to ask for a slot again, and for any pause of the row.</summary>
    internal int QueueSec { get; init; } = 3;

    /// <summary>What Retry-After asks for: no second request arrives earlier.</summary>
    internal TimeSpan LeastPause { get; init; }

    /// <summary>How often at least the wait has to look to see the task end in time.</summary>
    internal int LeastPolls { get; init; }
}
