using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <content>Answers of the service: its code decides, whatever the status.</content>
internal static partial class FaultTable
{
    private static TimeSpan Asked => TimeSpan.FromSeconds(2);

    private static FaultRow[] ServiceCodes =>
    [
        .. new[] { 1000, 1001, 1002, 1003, 1004 }.Select(code =>
            Refusal($"401/{code}", 401, Answers.Service(code), "AuthenticationFailed")),
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
        TaskNotFound("400/1201 task not found", Outcome.Once("TaskNotFound"), Outcome.Once("TaskNotFound")) with
        {
            IsNobodysTask = true,
        },
        TaskNotFound("400/1201 task not found once, of a task just made", Outcome.FineAtLast, Outcome.FineAtLast) with
        {
            Times = 1,
            IsOwnTask = true,
        },
        Refusal("404/1202", 404, Answers.Service(1202), "InvalidRequest"),
        Refusal("404/1203", 404, Answers.Service(1203), "ModelDiscontinued") with
        {
            Get = Outcome.Once("TaskNotFound"),
            Wait = Outcome.Once("TaskNotFound"),
            IsNobodysTask = true,
        },
        Refusal("400/1201 that the external id exists", 400, Answers.Service(1201, Taken), "InvalidRequest") with
        {
            Extension = Outcome.Refused("ExternalIdTaken"),
            Video = Outcome.Refused("ExternalIdTaken"),
        },
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
    private static FaultRow Asking(string name) => Passing(name, 429, "", "RateLimited") with
    {
        LeastPause = Asked,
        WaitSec = 6,
        QueueSec = 6,
    };

    // A query takes no slot: for it this is a 429 that passes.
    private static FaultRow NoSlot(string name) => Passing(name, 429, Answers.Service(1303), "RateLimited") with
    {
        Extension = Outcome.RefusedForNow("ConcurrencyLimited"),
        Video = Outcome.RefusedForNow("ConcurrencyLimited"),
    };

    // Whatever the code promises: there may be a task.
    private static FaultRow NamingATask(string name) =>
        Passing(name, 429, NamesATask, "RateLimited") with
        {
            Extension = Outcome.Unknown(1),
            Video = Outcome.Unknown(1),
            Fault = Answers.After(429, NamesATask),
        };

    private static FaultRow TaskNotFound(string name, Outcome get, Outcome wait) =>
        Refusal(name, 400, Answers.Service(1201, "Task not found by id/external id: 1"), "InvalidRequest") with
        {
            Extension = BadParent,
            Get = get,
            Wait = wait,
        };
}
