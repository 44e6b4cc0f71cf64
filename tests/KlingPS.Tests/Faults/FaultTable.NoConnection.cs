using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>Nothing of a request is ever written: it may be sent again, paid or not.</content>
internal static partial class FaultTable
{
    private static FaultRow[] NoConnection =>
    [
        Unreached("DNS failure", FaultyEndpoints.NamelessAsync),
        Unreached("refused", FaultyEndpoints.RefusingAsync),
        Unreached("TLS failure (self-signed)", FaultyEndpoints.SelfSignedAsync),
        Unreached("TLS failure (reset in the handshake)", FaultyEndpoints.ResettingTlsAsync),
        TooLate("connect timeout", FaultyEndpoints.NeverConnectingAsync),
        TooLate("connect timeout (TLS never begins)", FaultyEndpoints.SilentTlsAsync),
    ];

    private static FaultRow Unreached(string name, Func<Task<FaultyEndpoint>> end) => Row(
        name,
        Outcome.NotSent,
        Outcome.Again("ConnectionFailed"),
        Outcome.Late,
        Outcome.Again("ConnectionFailed")) with
    {
        End = end,
    };

    private static FaultRow TooLate(string name, Func<Task<FaultyEndpoint>> end) => Row(
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
