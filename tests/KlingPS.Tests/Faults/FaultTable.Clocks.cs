namespace KlingPS.Tests.Faults;

/// <content>The service's clock is right and the user's is not, or the other way round: everything works all the same.</content>
internal static partial class FaultTable
{
    private static TimeSpan Hour => TimeSpan.FromHours(1);

    private static FaultRow[] Clocks =>
    [
        Skewed("the service's clock an hour ahead", Hour),
        Skewed("the service's clock an hour behind", -Hour),
        AskingByDate("429/1302, Retry-After as a date, an hour ahead", Hour),
        AskingByDate("429/1302, Retry-After as a date, an hour behind", -Hour),
    ];

    private static FaultRow Skewed(string name, TimeSpan ahead) =>
        Row(name, Outcome.Made, Outcome.Fine, Outcome.FineAtLast, Outcome.Fine) with
        {
            ClockAhead = ahead,
            IsOwnTask = true,
            WaitSec = 6,
            LeastPolls = 3,
        };

    private static FaultRow AskingByDate(string name, TimeSpan ahead) => Asking(name) with
    {
        ClockAhead = ahead,
        Fault = _ => TooFast with { RetryAfterDate = Asked },
    };
}
