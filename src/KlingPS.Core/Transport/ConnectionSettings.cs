namespace KlingPS.Transport;

/// <summary>What a connection is told once.</summary>
internal sealed record ConnectionSettings
{
    internal Uri BaseUri { get; init; } = BaseAddress.Default;

    /// <summary>For one request, from the first byte sent to the last received.</summary>
    internal TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request is sent again when that is safe.</summary>
    internal int MaxRetryCount { get; init; } = 4;

    /// <summary>Of all calls together; 0 for no bound.</summary>
    internal double MaxRequestsPerSec { get; init; } = 20;

    internal Uri? Proxy { get; init; }

    internal bool IsSandbox { get; init; }

    /// <summary>How long half of the tasks take at most, whatever their kind; null where the kind decides.</summary>
    internal TimeSpan? ExpectedDuration { get; init; }
}
