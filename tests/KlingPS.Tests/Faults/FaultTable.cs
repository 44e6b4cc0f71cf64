namespace KlingPS.Tests.Faults;

/// <summary>The one table of faults. Its cells say what the contract's table of errors says, not what the code does.</summary>
internal static partial class FaultTable
{
    internal static IReadOnlyList<(string Title, IReadOnlyList<FaultRow> Rows)> Groups { get; } =
    [
        ("No connection", NoConnection),
        ("No answer, or half of one", NoAnswer),
        ("HTTP statuses", Statuses),
        ("The service's codes", ServiceCodes),
        ("The gateway's codes", GatewayCodes),
        ("Answers that are none", NoAnswers),
        ("Clocks that differ by an hour", Clocks),
    ];

    internal static IReadOnlyList<FaultRow> Rows { get; } = [.. Groups.SelectMany(group => group.Rows)];

    internal static IReadOnlyList<FaultCell> Cells { get; } =
        [.. Rows.SelectMany(row => FaultColumn.All.Select(column => new FaultCell(row, column)))];

    private static FaultRow Row(string name, Outcome paid, Outcome get, Outcome wait, Outcome save) =>
        new(name, paid, paid, get, wait, save.Error == Outcome.NoError ? save : save.OfVideo());

    /// <summary>A download's host is not the service: of its answer, the status alone counts.</summary>
    private static Outcome DownloadOf(int status) => status switch
    {
        // Once more, with a fresh address.
        403 or 404 or 410 => Outcome.Again("VideoExpired"),
        408 or 425 or >= 500 => Outcome.Again("ServiceUnavailable"),
        429 => Outcome.Again("RateLimited"),
        _ => Outcome.Once("UnexpectedResponse"),
    };

    /// <summary>A refusal for good.</summary>
    private static FaultRow Refusal(string name, int status, string body, string error) =>
        Row(name, Outcome.Refused(error), Outcome.Once(error), Outcome.Once(error), DownloadOf(status)) with
        {
            Fault = Answers.Before(status, body),
        };

    /// <summary>A refusal that may pass: paid or not, it is sent again.</summary>
    private static FaultRow Passing(string name, int status, string body, string error) =>
        Row(name, Outcome.RefusedForNow(error), Outcome.Again(error), Outcome.Late, DownloadOf(status)) with
        {
            Fault = Answers.Before(status, body),
        };

    /// <summary>An answer that leaves open whether the service acted: one row for either.</summary>
    private static FaultRow[] Ambiguous(string name, int status, string body)
    {
        FaultRow row = Row(
            $"{name}, before the service acts",
            Outcome.Unknown(0),
            Outcome.Again("ServiceUnavailable"),
            Outcome.Late,
            DownloadOf(status)) with
        {
            Fault = Answers.Before(status, body),
        };
        return [row, Acted(row, name) with { Fault = Answers.After(status, body) }];
    }

    /// <summary>The row of a fault that comes after the service acted: the task exists, and nobody is told.</summary>
    private static FaultRow Acted(FaultRow row, string name) => row with
    {
        Name = Done(name),
        Extension = row.Extension with { Created = 1 },
        Video = row.Video with { Created = 1 },
    };

    private static string Done(string name) => $"{name}, after the service acted";
}
