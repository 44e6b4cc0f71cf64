using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>Nothing of a request is ever written: it may be sent again, paid or not.</content>
internal static partial class FaultTable
{
    private static FaultRow[] NoConnection =>
    [
        Unreached("DNS failure", BrokenEnds.NamelessAsync),
        Unreached("refused", BrokenEnds.RefusingAsync),
        Unreached("TLS failure (self-signed)", BrokenEnds.SelfSignedAsync),
        Unreached("TLS failure (reset in the handshake)", BrokenEnds.ResettingTlsAsync),
        TooLate("connect timeout", BrokenEnds.NeverConnectingAsync),
        TooLate("connect timeout (TLS never begins)", BrokenEnds.SilentTlsAsync),
    ];

    private static FaultRow Unreached(string name, Func<Task<BrokenEnd>> end) => Row(
        name,
        Outcome.NotSent,
        Outcome.Again("ConnectionFailed"),
        Outcome.Late,
        Outcome.Again("ConnectionFailed")) with
    {
        End = end,
    };

    private static FaultRow TooLate(string name, Func<Task<BrokenEnd>> end) => Row(
        name,
        Outcome.NotSent,
        Outcome.Once("RequestTimeout"),
        Outcome.Late,
        Outcome.Again("RequestTimeout")) with
    {
        End = end,
        RequestTimeoutSec = 1,
        WaitSec = 4,
    };
}
