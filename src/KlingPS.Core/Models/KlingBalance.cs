namespace KlingPS;

/// <summary>What an account, a key or a pack has left; from Get-KlingBalance. A snapshot that never changes.</summary>
public sealed record KlingBalance
{
    internal KlingBalance()
    {
    }

    /// <summary>Who said it.</summary>
    public KlingProvider Provider { get; internal init; }

    /// <summary>The pack's name; at CometAPI the name of the user or of the key.</summary>
    public string? Name { get; internal init; }

    /// <summary>
    /// account or key at CometAPI; at Kling the service's word, such as decreasing_total or constant_period.
    /// </summary>
    public string? Type { get; internal init; }

    /// <summary>What there was in all; null where that is not said or not limited.</summary>
    public decimal? Total { get; internal init; }

    /// <summary>What is left; null for a key without a limit.</summary>
    public decimal? Remaining { get; internal init; }

    /// <summary>USD at CometAPI, units at Kling.</summary>
    public string Unit { get; internal init; } = "";

    /// <summary>Since when it can be used, local time; null where that is not said.</summary>
    public DateTime? From { get; internal init; }

    /// <summary>Until when it can be used, local time; null where that is not said.</summary>
    public DateTime? Until { get; internal init; }

    /// <summary>The service's word, such as online, toBeOnline, expired or runOut; null where there is none.</summary>
    public string? Status { get; internal init; }

    /// <summary>What is left of what.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name}: {Remaining} {Unit}");
}
