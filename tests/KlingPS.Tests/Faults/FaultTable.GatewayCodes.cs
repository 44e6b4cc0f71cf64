namespace KlingPS.Tests.Faults;

/// <content>Answers of the gateway before the service: its codes are words.</content>
internal static partial class FaultTable
{
    private static FaultRow[] GatewayCodes =>
    [
        Refusal("401 invalid_token", 401, Answers.Gateway("invalid_token"), "AuthenticationFailed"),
        Refusal("403 permission_denied", 403, Answers.Gateway("permission_denied"), "AccessDenied"),
        Refusal("403 insufficient_user_quota", 403, Answers.Gateway("insufficient_user_quota"), "InsufficientBalance"),
        Refusal("403 pre_consume_token_quota_failed", 403, Answers.Gateway("pre_consume_token_quota_failed"), "InsufficientBalance"),
        Refusal("500 invalid_request", 500, Answers.Gateway("invalid_request"), "InvalidRequest"),
        Passing("503 model_not_found", 503, Answers.Gateway("model_not_found"), "ServiceUnavailable") with
        {
            Extension = Outcome.Refused("ServiceUnavailable"),
            Video = Outcome.Refused("ServiceUnavailable"),
        },
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
        Refusal("400 task_channel_disable", 400, Answers.Task("task_channel_disable"), "InvalidRequest") with { Extension = BadParent },
        .. Ambiguous("500 do_request_failed", 500, Answers.Task("do_request_failed")),
        Refusal("400 fail_to_fetch_task around 1301", 400, Answers.Passed(1301), "ContentRejected"),
        Refusal("429 fail_to_fetch_task around 1102", 429, Answers.Passed(1102), "InsufficientBalance"),
        NoSlot("429 fail_to_fetch_task around 1303") with { Fault = Answers.Before(429, Answers.Passed(1303)) },
        .. Ambiguous("500 fail_to_fetch_task around 5000", 500, Answers.Passed(5000)),
    ];
}
