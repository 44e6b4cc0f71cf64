using System.Runtime.CompilerServices;

namespace KlingPS;

/// <summary>One kind of error: its stable id, its PowerShell category, what it means and what to do.</summary>
/// <param name="Category">A name of PowerShell's ErrorCategory; a string, because this assembly knows no
/// PowerShell.</param>
/// <param name="Meaning">One sentence: what happened.</param>
/// <param name="Action">One sentence: what to do next.</param>
/// <param name="Id">The name of its field.</param>
internal sealed record KlingError(string Category, string Meaning, string Action, [CallerMemberName] string Id = "")
{
    internal static readonly KlingError NotConnected = new("ConnectionError",
        "There is no key, or the key, the address or the proxy cannot be used.",
        "Run Connect-Kling -ApiKey <key> or set $env:COMETAPI_KEY, for Kling's own API as Get-Help Connect-Kling says; "
            + "Connect-Kling -Sandbox needs no key.");

    internal static readonly KlingError NotSupported = new("NotImplemented",
        "The provider cannot do this; nothing was sent.",
        "Use another provider or another way, as the message says.");

    internal static readonly KlingError InsecureBaseUri = new("SecurityError",
        "The base URI would send the key unencrypted over a network.",
        "Use an https address; http is accepted for loopback only.");

    internal static readonly KlingError AuthenticationFailed = new("AuthenticationError",
        "The service does not accept the key.",
        "Check the key with Get-KlingConnection and connect again with Connect-Kling -ApiKey.");

    internal static readonly KlingError AccessDenied = new("PermissionDenied",
        "The account has no right to do this, is blocked, or does not allow requests from this IP address.",
        "Check the account's rights and its list of allowed addresses at the provider.");

    internal static readonly KlingError InsufficientBalance = new("QuotaExceeded",
        "The account has no units or credit left.",
        "Top up the account at the provider, then run the command again.");

    internal static readonly KlingError ContentRejected = new("PermissionDenied",
        "The service's content policy rejects the prompt or the image.",
        "Change the prompt or the image and submit again.");

    internal static readonly KlingError ParentNotExtendable = new("InvalidArgument",
        "The service will not extend this video.",
        "Extend a finished, unexpired video of the same account, made with kling-v1, kling-v1-5 or kling-v1-6; "
            + "any other goes on with Expand-KlingVideo.");

    internal static readonly KlingError InvalidRequest = new("InvalidArgument",
        "A value is not valid, or the service refused the request.",
        "Correct the value the message names.");

    internal static readonly KlingError ExternalIdTaken = new("ResourceExists",
        "The account already has a task with this external id.",
        "Query that task with Get-KlingTask <external id> -Kind <kind>, or give another -ExternalTaskId.");

    internal static readonly KlingError TaskNotFound = new("ObjectNotFound",
        "The service has no task with this id and kind.",
        "Check the id and its -Kind, and use the account that made the task.");

    internal static readonly KlingError ModelDiscontinued = new("ResourceUnavailable",
        "The service no longer offers this model or resource.",
        "Choose another -Model.");

    internal static readonly KlingError RateLimited = new("LimitsExceeded",
        "The service refuses requests because too many were sent.",
        "Try again later, or lower Connect-Kling -MaxRequestsPerSec.");

    internal static readonly KlingError ConcurrencyLimited = new("LimitsExceeded",
        "Every slot of the account stayed in use until the time limit.",
        "Wait for running tasks with Wait-KlingTask, or allow more time with -QueueTimeoutSec.");

    internal static readonly KlingError ServiceUnavailable = new("ResourceUnavailable",
        "The service is unavailable at the moment.",
        "Try again later.");

    internal static readonly KlingError SubmissionUnknown = new("InvalidResult",
        "The request was sent, but no usable response came.",
        "Before you pay again, run Resolve-KlingIntent, or check the account's usage at the provider.");

    internal static readonly KlingError MayBePaidAlready = new("ResourceExists",
        "An identical request was sent earlier, and its outcome is unknown; nothing was sent this time.",
        "Ask the service with Resolve-KlingIntent, or run Clear-KlingIntent once you have checked the account's usage; "
            + "-Force sends the request anyway.");

    internal static readonly KlingError NameTaken = new("ResourceExists",
        "The name stands for another request already; nothing was sent.",
        "Give another -Name, or restore the request that was sent under this one.");

    internal static readonly KlingError SpendLimitReached = new("QuotaExceeded",
        "The spending limit of the connection or of the last 24 hours is reached; nothing was sent.",
        "Raise Connect-Kling -MaxPaidTasks or -MaxPaidTasksPerDay ($env:KLINGPS_MAX_PAID_TASKS_PER_DAY), or wait.");

    internal static readonly KlingError IntentUnresolved = new("ObjectNotFound",
        "It is still unknown whether the submission created a task.",
        "Check the account's usage at the provider, then settle it with Clear-KlingIntent.");

    internal static readonly KlingError JournalNotWritable = new("WriteError",
        "The journal that keeps the ids of paid tasks could not be written, so nothing was sent.",
        "Fix the folder's rights or free space; to do without a journal, set $env:KLINGPS_JOURNAL = 'off' and "
            + "reconnect.");

    internal static readonly KlingError UnexpectedResponse = new("InvalidResult",
        "The response is not from the service or cannot be read.",
        "Check the base URI and the proxy with Get-KlingConnection, then try again.");

    internal static readonly KlingError ConnectionFailed = new("ConnectionError",
        "The service could not be reached, or the connection was lost.",
        "Check the network, the proxy and the base URI, then run the command again.");

    internal static readonly KlingError RequestTimeout = new("OperationTimeout",
        "The service did not respond in time.",
        "Try again, or allow more time with Connect-Kling -RequestTimeoutSec.");

    internal static readonly KlingError ParentNotReady = new("InvalidOperation",
        "The parent task has not succeeded, so there is nothing to extend.",
        "Wait for it first with Wait-KlingTask.");

    internal static readonly KlingError ParentHasNoVideo = new("InvalidArgument",
        "The parent task has no such video.",
        "Query it again with Get-KlingTask and give one of its video ids.");

    internal static readonly KlingError AmbiguousVideo = new("InvalidArgument",
        "The parent task has more than one video.",
        "Name the one to extend with -VideoId.");

    internal static readonly KlingError ParentExpired = new("InvalidOperation",
        "The service has deleted the parent's video, so it cannot be extended.",
        "Make a new parent, and extend it within 30 days.");

    internal static readonly KlingError ParentTooLong = new("LimitsExceeded",
        "The parent already has the 180 s that the service allows.",
        "Extend a shorter video.");

    internal static readonly KlingError PromptTooLong = new("LimitsExceeded",
        "The prompt is longer than the 2500 characters the service accepts.",
        "Shorten it; the gateway documents 500 characters.");

    internal static readonly KlingError TaskFailed = new("InvalidResult",
        "The service finished the task without a video.",
        "Read the service's reason, change the request and submit it again.");

    internal static readonly KlingError WaitTimeout = new("OperationTimeout",
        "The task did not finish within the time limit; it continues at the service.",
        "Pipe the error's TargetObject to Wait-KlingTask to keep waiting.");

    internal static readonly KlingError FileExists = new("ResourceExists",
        "A file with that name already exists and was left untouched.",
        "Choose another -Destination, or add -Force to overwrite what an earlier command saved.");

    internal static readonly KlingError FileNotWritable = new("WriteError",
        "The file could not be written.",
        "Check the folder's rights and free space, then run the command again; the download resumes where it stopped.");

    internal static readonly KlingError TaskNotFinished = new("InvalidOperation",
        "The task has not finished, so there is nothing to save.",
        "Wait for it first: $task | Wait-KlingTask | Save-KlingVideo.");

    internal static readonly KlingError TaskHasNoVideo = new("ObjectNotFound",
        "The task has no video to save.",
        "Query it again with Get-KlingTask.");

    internal static readonly KlingError VideoExpired = new("ResourceUnavailable",
        "The video can no longer be downloaded.",
        "Videos are kept for 30 days; make it again if it is older.");

    internal static readonly KlingError DownloadIncomplete = new("InvalidResult",
        "Fewer or more bytes arrived than the server announced.",
        "Run the command again; the download resumes where the server allows.");

    internal static readonly KlingError VideoTooLarge = new("LimitsExceeded",
        "The video is larger than allowed, and nothing of it was kept.",
        "Give a larger -MaxBytes if the video should be that large.");

    internal static readonly KlingError ImageNotFound = new("ObjectNotFound",
        "There is no image file at that path.",
        "Check the path; a URL starts with https://.");

    internal static readonly KlingError ImageInvalid = new("InvalidData",
        "The service would not accept this image.",
        "Use a jpg or png of at most 10 MB, at least 300 px on each side, with a ratio between 1:2.5 and 2.5:1.");

    internal static readonly KlingError ChainInterrupted = new("OperationStopped",
        "A video goes on no further because one of its steps failed; the steps before it are there.",
        "Run the same command again: what is paid for already is not paid for twice.");

    internal static readonly KlingError FfmpegNotFound = new("NotInstalled",
        "The command needs ffmpeg, which is not installed or cannot be started.",
        "Install it (winget install Gyan.FFmpeg, brew install ffmpeg, apt install ffmpeg), or give its path in "
            + "$env:KLINGPS_FFMPEG.");

    internal static readonly KlingError JoinFailed = new("InvalidData",
        "The clips could not be joined, and no file was written.",
        "Give clips that exist and that a player plays to their end.");

    internal static readonly KlingError CallbackInvalid = new("InvalidData",
        "The body of the callback is not a task.",
        "Give the whole raw body as one string or as bytes, such as $Request.RawBody or Get-Content -Raw.");

    internal static readonly KlingError CallbackNotAuthentic = new("SecurityError",
        "The callback is not signed with the secret.",
        "Respond with 401 and do nothing else; if it is genuine, check the secret, and that body and headers are "
            + "unchanged.");

    internal static readonly KlingError CallbackExpired = new("SecurityError",
        "The callback was signed too long ago, or in the future, and may be a replay.",
        "Query the task with Get-KlingTask; check the clock, and allow more with -ToleranceSec if callbacks are "
            + "read late.");

    /// <summary>Every error there is: the fields above.</summary>
    internal static IReadOnlyList<KlingError> All { get; } =
    [
        .. typeof(KlingError)
            .GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(KlingError))
            .Select(field => (KlingError)field.GetValue(null)!),
    ];
}
