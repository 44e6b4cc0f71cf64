using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>Answers without a code, often not of the service at all.</content>
internal static partial class FaultTable
{
    private static FaultRow[] Statuses =>
    [
        .. Ambiguous("408", 408, ""),
        Row(
            "425",
            Outcome.Refused("InvalidRequest"),
            Outcome.Again("ServiceUnavailable"),
            Outcome.Late,
            DownloadOf(425)) with { Fault = Answers.Before(425, "") },
        .. Unreadable429(),
        .. Ambiguous("500", 500, ""),
        .. Ambiguous("502 HTML", 502, Answers.Html),
        .. Ambiguous("503", 503, ""),
        .. Ambiguous("504", 504, Answers.Html),
        .. Ambiguous("524", 524, ""),
        .. Redirects(),
        Row("307 around 1302", Outcome.Unknown(0), Outcome.Once("UnexpectedResponse"), Outcome.Late, DownloadOf(307)) with
        {
            Fault = Answers.Before(307, Answers.Service(1302)),
        },
        Refusal("401 without a code", 401, "", "AuthenticationFailed"),
        Refusal("403 without a code", 403, "", "AccessDenied"),
        Refusal("404 HTML", 404, Answers.Html, "InvalidRequest"),
        Recovering("503 once", 503, "") with { Extension = Outcome.Unknown(0), Video = Outcome.Unknown(0) },
    ];

    // Without a readable body nobody says that it was the service who refused.
    private static FaultRow[] Unreadable429()
    {
        const string Name = "429 HTML";
        FaultRow row = Row(
            $"{Name}, before the service acts",
            Outcome.Unknown(0, "RateLimited"),
            Outcome.Again("RateLimited"),
            Outcome.Late,
            DownloadOf(429)) with { Fault = Answers.Before(429, Answers.Html) };
        return [row, Acted(row, Name) with { Fault = Answers.After(429, Answers.Html) }];
    }

    private static FaultRow[] Redirects()
    {
        const string Name = "301 to another host";
        FaultRow row = Row(
            $"{Name}, before the service acts",
            Outcome.Unknown(0),
            Outcome.Once("UnexpectedResponse"),
            Outcome.Late,
            Outcome.Fine) with
        {
            NeedsOtherHost = true,
            Fault = other => Fault.Respond(301, "", Location(other)),
        };
        return
        [
            row,
            Acted(row, Name) with { Fault = other => Fault.RespondAfterService(301) with { Headers = Location(other) } },
        ];
    }

    private static Dictionary<string, string> Location(Uri other) =>
        Answers.Header("Location", new Uri(other, $"/elsewhere.mp4?{Answers.SecretName}=abc").AbsoluteUri);

    /// <summary>It hits the first request only.</summary>
    private static FaultRow Recovering(string name, int status, string body) => Row(
        name,
        Outcome.Made with { IsResent = true },
        Outcome.FineAtLast,
        Outcome.FineAtLast,
        Outcome.FineAtLast) with
    {
        Fault = Answers.Before(status, body),
        Times = 1,
    };
}
