namespace KlingPS.Tests.Faults;

/// <summary>The table of faults. Its cells say what the contract says, not what the code does.</summary>
internal static class FaultTable
{
    internal static IReadOnlyList<(string Title, IReadOnlyList<FaultRow> Rows)> Groups { get; } =
    [
        ("No connection", NoConnection),
        ("No response, or half of one", NoAnswer),
        ("HTTP statuses", Statuses),
        ("The service's codes", ServiceCodes),
        ("The gateway's codes", GatewayCodes),
        ("Unusable responses", NoAnswers),
        ("Clocks that differ by an hour", Clocks),
    ];

    internal static IReadOnlyList<FaultRow> Rows { get; } = [.. Groups.SelectMany(group => group.Rows)];

    internal static IReadOnlyList<FaultCell> Cells { get; } =
        [.. Rows.SelectMany(row => FaultColumn.All.Select(column => new FaultCell(row, column)))];

    /// <summary>The same at Kling's own API.</summary>
    internal static IReadOnlyList<FaultCell> CellsOfKling { get; } =
        [.. Cells.Select(cell => cell with { Column = cell.Column.OfKling, IsOfKling = true })];

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
        Row(name, Outcome.Refused(error), Outcome.Once(error), Outcome.Once(error), DownloadOf(status))
            with { Fault = Answers.Before(status, body) };

    /// <summary>A refusal that may pass: paid or not, it is sent again.</summary>
    private static FaultRow Passing(string name, int status, string body, string error) =>
        Row(name, Outcome.RefusedForNow(error), Outcome.Again(error), Outcome.Late, DownloadOf(status))
            with { Fault = Answers.Before(status, body) };

    /// <summary>An answer that leaves open whether the service acted: one row for either.</summary>
    private static FaultRow[] Ambiguous(string name, int status, string body)
    {
        FaultRow row = Row(
            $"{name}, before the service acts", Outcome.Unknown(0), Outcome.Again("ServiceUnavailable"), Outcome.Late,
            DownloadOf(status)) with { Fault = Answers.Before(status, body) };
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
        name, Outcome.NotSent, Outcome.Again("ConnectionFailed"), Outcome.Late, Outcome.Again("ConnectionFailed"))
        with { End = end };

    private static FaultRow TooLate(string name, Func<Task<FaultyEndpoint>> end) => Row(
        name, Outcome.NotSent, Outcome.Once("RequestTimeout"), Outcome.Late, Outcome.Again("RequestTimeout"))
        with { End = end, RequestTimeoutSec = 1, WaitSec = 4 };

    // Less than any answer or file of the server has.
    private const int SomeBytes = 20;

    private static FaultRow[] NoAnswer =>
    [
        Lost("reset before the request is read") with { End = FaultyEndpoints.ResettingUnreadAsync },
        Lost("closed after the request is read") with { End = FaultyEndpoints.ClosingAsync },
        .. BeforeAndAfter(
            "reset after the request is read", Lost, Fault.ResetBeforeService(), Fault.ResetAfterService()),
        .. BeforeAndAfter("response timeout", Silent, Fault.HangBeforeService(), Fault.HangAfterService()),
        Half("reset mid-body", Lost, Fault.ResetWithin(SomeBytes), Outcome.Again("DownloadIncomplete")),
        Half("closed mid-body", Lost, Fault.Truncate(SomeBytes), Outcome.Again("DownloadIncomplete")),
        Half("silence mid-body", Silent, Fault.HangWithin(SomeBytes), Outcome.Again("RequestTimeout")),
    ];

    private static FaultRow Lost(string name) => Row(
        name, Outcome.Unknown(0), Outcome.Again("ConnectionFailed"), Outcome.Late, Outcome.Again("ConnectionFailed"));

    private static FaultRow Silent(string name) => Row(
        name, Outcome.Unknown(0), Outcome.Once("RequestTimeout"), Outcome.Late, Outcome.Again("RequestTimeout"))
        with { RequestTimeoutSec = 1, WaitSec = 4 };

    private static FaultRow[] BeforeAndAfter(string name, Func<string, FaultRow> make, Fault before, Fault after) =>
    [
        make($"{name}, before the service acts") with { Fault = _ => before },
        Acted(make(name), name) with { Fault = _ => after },
    ];

    // The service's own answer is cut, so it has acted.
    private static FaultRow Half(string name, Func<string, FaultRow> make, Fault fault, Outcome save) =>
        Acted(make(name), name) with { Fault = _ => fault, Save = save.OfVideo() };

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
        Row(
            "307 around 1302", Outcome.Unknown(0), Outcome.Once("UnexpectedResponse"), Outcome.Late,
            DownloadOf(307)) with { Fault = Answers.Before(307, Answers.Service(1302)) },
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
            $"{Name}, before the service acts", Outcome.Unknown(0), Outcome.Once("UnexpectedResponse"), Outcome.Late,
            Outcome.Fine) with { NeedsOtherHost = true, Fault = other => Fault.Respond(301, "", Location(other)) };
        return
        [
            row,
            Acted(row, Name)
                with { Fault = other => Fault.RespondAfterService(301) with { Headers = Location(other) } },
        ];
    }

    private static Dictionary<string, string> Location(Uri other) =>
        Answers.Header("Location", new Uri(other, $"/elsewhere.mp4?{Answers.SecretName}=abc").AbsoluteUri);

    /// <summary>It hits the first request only.</summary>
    private static FaultRow Recovering(string name, int status, string body) => Row(
        name, Outcome.Made with { IsResent = true }, Outcome.FineAtLast, Outcome.FineAtLast, Outcome.FineAtLast)
        with { Fault = Answers.Before(status, body), Times = 1 };

    private static TimeSpan Asked => TimeSpan.FromSeconds(2);

    private static FaultRow[] ServiceCodes =>
    [
        .. new[] { 1000, 1001, 1002, 1003, 1004 }.Select(code =>
            Refusal($"401/{code}", 401, Answers.Service(code), "AuthenticationFailed")
                with { RefusesTime = code is 1003 or 1004 }),
        Refusal("403/1103", 403, Answers.Service(1103), "AccessDenied"),
        Refusal("429/1100", 429, Answers.Service(1100), "AccessDenied"),
        Refusal("429/1101", 429, Answers.Service(1101), "InsufficientBalance"),
        Refusal("429/1102", 429, Answers.Service(1102), "InsufficientBalance"),
        Refusal("429/1304", 429, Answers.Service(1304), "AccessDenied"),
        Passing("429/1302", 429, Answers.Service(1302), "RateLimited"),
        NamingATask("429/1302 that names a new task, after the service acted"),
        Asking("429/1302, Retry-After in seconds") with { Fault = _ => TooFast with { Headers = InSeconds } },
        Asking("429/1302, Retry-After as a date") with { Fault = _ => TooFast with { RetryAfterDate = Asked } },
        Recovering("429/1302 once", 429, Answers.Service(1302)),
        NoSlot("429/1303"),
        NoSlot("429/1303, Retry-After in seconds") with
        {
            Fault = _ => Fault.Respond(429, Answers.Service(1303), InSeconds),
            LeastPause = Asked,
            WaitSec = 6,
            QueueSec = 5,
        },
        Recovering("429/1303 once", 429, Answers.Service(1303)),
        Refusal("400/1200", 400, Answers.Service(1200), "InvalidRequest") with { Extension = BadParent },
        Refusal("400/1200 that names cfg_scale", 400, Answers.Service(1200, "cfg_scale is invalid"), "InvalidRequest"),
        Refusal("400/1201", 400, Answers.Service(1201), "InvalidRequest") with { Extension = BadParent },
        TaskNotFound("400/1201 task not found", Outcome.Once("TaskNotFound"), Outcome.Once("TaskNotFound"))
            with { IsNobodysTask = true },
        TaskNotFound("400/1201 task not found once, of a task just made", Outcome.FineAtLast, Outcome.FineAtLast)
            with { Times = 1, IsOwnTask = true },
        Refusal("404/1202", 404, Answers.Service(1202), "InvalidRequest"),
        Refusal("404/1203", 404, Answers.Service(1203), "ModelDiscontinued")
            with { Get = Outcome.Once("TaskNotFound"), Wait = Outcome.Once("TaskNotFound"), IsNobodysTask = true },
        Refusal("400/1201 that the external id exists", 400, Answers.Service(1201, Taken), "InvalidRequest")
            with { Extension = Outcome.Refused("ExternalIdTaken"), Video = Outcome.Refused("ExternalIdTaken") },
        Refusal("400/1300", 400, Answers.Service(1300), "ContentRejected"),
        Refusal("400/1301", 400, Answers.Service(1301), "ContentRejected"),
        .. Ambiguous("500/5000", 500, Answers.Service(5000)),
        .. Ambiguous("503/5001", 503, Answers.Service(5001)),
        .. Ambiguous("504/5002", 504, Answers.Service(5002)),
    ];

    private const string Taken = "External_task_id a already exists";

    private const string NamesATask = """{"code":1302,"message":"m","data":[{"task_id":"861234567890123456"}]}""";

    private static Outcome BadParent => Outcome.Refused("ParentNotExtendable");

    private static Fault TooFast => Fault.Respond(429, Answers.Service(1302));

    private static Dictionary<string, string> InSeconds => Answers.Header("Retry-After", "2");

    /// <summary>The service asks for a pause longer than the usual one.</summary>
    private static FaultRow Asking(string name) => Passing(name, 429, "", "RateLimited")
        with { LeastPause = Asked, WaitSec = 6, QueueSec = 6 };

    // A query takes no slot: for it this is a 429 that passes.
    private static FaultRow NoSlot(string name) => Passing(name, 429, Answers.Service(1303), "RateLimited") with
    {
        Extension = Outcome.RefusedForNow("ConcurrencyLimited"),
        Video = Outcome.RefusedForNow("ConcurrencyLimited"),
    };

    // Whatever the code promises: there may be a task.
    private static FaultRow NamingATask(string name) =>
        Passing(name, 429, NamesATask, "RateLimited")
            with { Extension = Outcome.Unknown(1), Video = Outcome.Unknown(1), Fault = Answers.After(429, NamesATask) };

    private static FaultRow TaskNotFound(string name, Outcome get, Outcome wait) =>
        Refusal(name, 400, Answers.Service(1201, "Task not found by id/external id: 1"), "InvalidRequest")
            with { Extension = BadParent, Get = get, Wait = wait };

    private static FaultRow[] GatewayCodes =>
    [
        Refusal("401 invalid_token", 401, Answers.Gateway("invalid_token"), "AuthenticationFailed"),
        Refusal("403 permission_denied", 403, Answers.Gateway("permission_denied"), "AccessDenied"),
        Refusal("403 insufficient_user_quota", 403, Answers.Gateway("insufficient_user_quota"), "InsufficientBalance"),
        Refusal(
            "403 pre_consume_token_quota_failed",
            403,
            Answers.Gateway("pre_consume_token_quota_failed"),
            "InsufficientBalance"),
        Refusal("500 invalid_request", 500, Answers.Gateway("invalid_request"), "InvalidRequest"),
        Passing("503 model_not_found", 503, Answers.Gateway("model_not_found"), "ServiceUnavailable")
            with { Extension = Outcome.Refused("ServiceUnavailable"), Video = Outcome.Refused("ServiceUnavailable") },
        Passing("429 with a code we do not know", 429, Answers.Task("group_saturated"), "RateLimited"),
        Refusal("404 unknown route", 404, Answers.Gateway(""), "InvalidRequest"),
        Refusal("400 task_not_exist", 400, Answers.Task("task_not_exist"), "InvalidRequest") with
        {
            Extension = BadParent,
            Get = Outcome.Once("TaskNotFound"),
            Wait = Outcome.Once("TaskNotFound"),
            IsNobodysTask = true,
        },
        Refusal("400 task_failed", 400, Answers.Task("task_failed"), "InvalidRequest") with { Extension = BadParent },
        Refusal("400 task_channel_disable", 400, Answers.Task("task_channel_disable"), "InvalidRequest")
            with { Extension = BadParent },
        .. Ambiguous("500 do_request_failed", 500, Answers.Task("do_request_failed")),
        Refusal("400 fail_to_fetch_task around 1301", 400, Answers.Passed(1301), "ContentRejected"),
        Refusal("429 fail_to_fetch_task around 1102", 429, Answers.Passed(1102), "InsufficientBalance"),
        NoSlot("429 fail_to_fetch_task around 1303") with { Fault = Answers.Before(429, Answers.Passed(1303)) },
        .. Ambiguous("500 fail_to_fetch_task around 5000", 500, Answers.Passed(5000)),
    ];

    private const int Mebibytes = 200;
    private const string InChunks = "200 with 200 MB, in chunks";
    private const string Bomb = "200 with gzip that expands to 10 GB";

    /// <summary>What must not get into memory, under every cmdlet.</summary>
    internal static IEnumerable<FaultCell> TooLarge => Cells.Where(cell =>
        cell.Row.Name == Done(InChunks) || cell.Row.Name == Done(Bomb));

    private static FaultRow[] NoAnswers =>
    [
        .. Unreadable("200 with an empty body", 200, ""),
        .. Unreadable("200 HTML", 200, Answers.Html),
        .. Unreadable(
            "200 with truncated JSON",
            200,
            """{"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"86123"""),
        .. Unreadable(
            "200 with wrong types",
            200,
            """{"code":0,"message":7,"data":{"task_id":{"a":1},"task_status":[true],"created_at":"x"}}"""),
        .. Unreadable("200 with null data", 200, """{"code":0,"message":"SUCCEED","request_id":"r","data":null}"""),
        .. Unreadable("200 with a code we do not know", 200, Answers.Service(7777)),
        .. Large("200 with 200 MB, announced", StreamedBody.OfMebibytes(Mebibytes, isAnnounced: true)),
        Large(InChunks, StreamedBody.OfMebibytes(Mebibytes, isAnnounced: false))[1],
        .. Unreadable(
            Bomb,
            Fault.Respond(200, "", Answers.Header("Content-Encoding", "gzip")) with { Stream = StreamedBody.Bomb() }),
        UnknownWord(),
    ];

    private static FaultRow[] Unreadable(string name, int status, string body) => Unreadable(
        name,
        // The empty body of a video has a video's type.
        Fault.Respond(status, body, body.Length == 0 ? Answers.Header("Content-Type", "video/mp4") : null));

    private static FaultRow[] Unreadable(string name, Fault fault)
    {
        FaultRow row = Row(
            $"{name}, before the service acts",
            Outcome.Unknown(0),
            Outcome.Once("UnexpectedResponse"),
            Outcome.Late,
            Outcome.Once("UnexpectedResponse")) with { Fault = _ => fault };
        return [row, Acted(row, name) with { Fault = _ => fault with { BeforeService = false } }];
    }

    // No answer is so large; a video may be.
    private static FaultRow[] Large(string name, StreamedBody body) =>
    [
        .. Unreadable(name, Fault.Respond(200, "", Answers.Header("Content-Type", "video/mp4")) with { Stream = body })
            .Select(row => row with { Save = Outcome.Fine }),
    ];

    // The task is as good as any other; only its end is not seen before the service says so.
    private static FaultRow UnknownWord() => Row(
        "200 with an unknown status word", Outcome.Made, Outcome.Fine, Outcome.Late,
        Outcome.Once("UnexpectedResponse")) with
    {
        Fault = _ => new Fault
        {
            Rewrite = text => text
                .Replace("\"task_status\":\"submitted\"", "\"task_status\":\"queued\"", StringComparison.Ordinal)
                .Replace("\"task_status\":\"succeed\"", "\"task_status\":\"queued\"", StringComparison.Ordinal),
        },
        Download = Fault.Respond(
            200, """{"code":0,"message":"SUCCEED","data":{"task_id":"1","task_status":"queued"}}"""),
    };

    private static TimeSpan Hour => TimeSpan.FromHours(1);

    private static FaultRow[] Clocks =>
    [
        Skewed("the service's clock an hour ahead", Hour),
        Skewed("the service's clock an hour behind", -Hour),
        AskingByDate("429/1302, Retry-After as a date, an hour ahead", Hour),
        AskingByDate("429/1302, Retry-After as a date, an hour behind", -Hour),
    ];

    private static FaultRow Skewed(string name, TimeSpan ahead) =>
        Row(name, Outcome.Made, Outcome.Fine, Outcome.FineAtLast, Outcome.Fine)
            with { ClockAhead = ahead, IsOwnTask = true, WaitSec = 6, LeastPolls = 3 };

    private static FaultRow AskingByDate(string name, TimeSpan ahead) => Asking(name)
        with { ClockAhead = ahead, Fault = _ => TooFast with { RetryAfterDate = Asked } };
}
