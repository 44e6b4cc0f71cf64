namespace KlingPS.Sandbox;

/// <summary>How one sandbox behaves.</summary>
internal sealed class SandboxOptions
{
    /// <summary>The clock tasks grow old by.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>From creation to the end: submitted for the first quarter, then processing. Zero: at once.</summary>
    internal TimeSpan TaskDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The n-th created task (from 0) to its duration; overrides <see cref="TaskDuration"/>.</summary>
    internal Func<int, TimeSpan>? DurationOf { get; set; }

    /// <summary>How many tasks the account may have unfinished; null for no limit.</summary>
    internal int? ConcurrentTasks { get; set; }

    /// <summary>The only key accepted; null accepts any.</summary>
    internal string? RequiredKey { get; set; }

    /// <summary>Takes an external id as often as it comes, so that nothing but the client keeps a task from being paid twice.</summary>
    internal bool TakesExternalIdsAgain { get; set; }

    /// <summary>Where video URLs point. Settable late, because a server learns its port late.</summary>
    internal Uri PublicBaseUri { get; set; } = new("https://sandbox.klingps.invalid/");
}
