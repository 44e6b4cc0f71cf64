using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>The request was written, and no whole answer came: a paid one is never sent again.</content>
internal static partial class FaultTable
{
    // Less than any answer or file of the server has.
    private const int SomeBytes = 20;

    private static FaultRow[] NoAnswer =>
    [
        Lost("reset before the request is read") with { End = FaultyEndpoints.ResettingUnreadAsync },
        Lost("closed after the request is read") with { End = FaultyEndpoints.ClosingAsync },
        .. BeforeAndAfter("reset after the request is read", Lost, Fault.ResetBeforeService(), Fault.ResetAfterService()),
        .. BeforeAndAfter("response timeout", Silent, Fault.HangBeforeService(), Fault.HangAfterService()),
        Half("reset mid-body", Lost, Fault.ResetWithin(SomeBytes), Outcome.Again("DownloadIncomplete")),
        Half("closed mid-body", Lost, Fault.Truncate(SomeBytes), Outcome.Again("DownloadIncomplete")),
        Half("silence mid-body", Silent, Fault.HangWithin(SomeBytes), Outcome.Again("RequestTimeout")),
    ];

    private static FaultRow Lost(string name) => Row(
        name,
        Outcome.Unknown(0),
        Outcome.Again("ConnectionFailed"),
        Outcome.Late,
        Outcome.Again("ConnectionFailed"));

    private static FaultRow Silent(string name) => Row(
        name,
        Outcome.Unknown(0),
        Outcome.Once("RequestTimeout"),
        Outcome.Late,
        Outcome.Again("RequestTimeout")) with
    {
        RequestTimeoutSec = 1,
        WaitSec = 4,
    };

    private static FaultRow[] BeforeAndAfter(string name, Func<string, FaultRow> make, Fault before, Fault after) =>
    [
        make($"{name}, before the service acts") with { Fault = _ => before },
        Acted(make(name), name) with { Fault = _ => after },
    ];

    // The service's own answer is cut, so it has acted.
    private static FaultRow Half(string name, Func<string, FaultRow> make, Fault fault, Outcome save) =>
        Acted(make(name), name) with { Fault = _ => fault, Save = save.OfVideo() };
}
