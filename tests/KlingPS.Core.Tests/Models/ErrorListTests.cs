namespace KlingPS.Core.Tests.Models;

/// <summary>The one table of errors.</summary>
public sealed class ErrorListTests
{
    // PowerShell's ErrorCategory; this project knows no PowerShell.
    private static readonly string[] Categories =
    [
        "OpenError", "CloseError", "DeviceError", "DeadlockDetected", "InvalidArgument", "InvalidData",
        "InvalidOperation",
        "InvalidResult", "InvalidType", "MetadataError", "NotImplemented", "NotInstalled", "ObjectNotFound",
        "OperationStopped", "OperationTimeout", "SyntaxError", "ParserError", "PermissionDenied", "ResourceBusy",
        "ResourceExists", "ResourceUnavailable", "ReadError", "WriteError", "FromStdErr", "SecurityError",
        "ProtocolError",
        "ConnectionError", "AuthenticationError", "LimitsExceeded", "QuotaExceeded", "NotEnabled",
    ];

    private static readonly string[] Ids =
    [
        "AuthenticationFailed", "AccessDenied", "InsufficientBalance", "ContentRejected", "ParentNotExtendable",
        "InvalidRequest", "IntentUnresolved", "MayBePaidAlready", "TaskNotFound", "ModelDiscontinued", "RateLimited",
        "ConcurrencyLimited", "ServiceUnavailable",
        "SubmissionUnknown", "UnexpectedResponse", "ConnectionFailed", "RequestTimeout",
        "NotConnected", "InsecureBaseUri", "ParentNotReady", "ParentHasNoVideo", "AmbiguousVideo", "ParentExpired",
        "ParentTooLong", "PromptTooLong", "TaskFailed", "WaitTimeout", "FileExists", "TaskNotFinished",
        "TaskHasNoVideo",
        "VideoExpired", "DownloadIncomplete", "ImageNotFound", "ImageInvalid", "FileNotWritable", "JournalNotWritable",
        "VideoTooLarge", "CallbackInvalid", "CallbackNotAuthentic", "CallbackExpired",
        "NotSupported", "ExternalIdTaken", "NameTaken", "SpendLimitReached", "FfmpegNotFound", "JoinFailed",
        "ChainInterrupted",
    ];

    public static TheoryData<string> AllIds => [.. KlingError.All.Select(error => error.Id)];

    [Fact]
    public void The_ids_are_those_scripts_are_written_against() =>
        Assert.Equal(Ids.Order(), KlingError.All.Select(error => error.Id).Order());

    [Theory]
    [MemberData(nameof(AllIds))]
    public void Every_error_says_in_a_sentence_what_happened_and_in_another_what_to_do(string id)
    {
        KlingError error = KlingError.All.Single(row => row.Id == id);

        Assert.Matches(@"^[A-Z].*[^.]\.$", error.Meaning);
        Assert.Matches(@"^[A-Z].*[^.]\.$", error.Action);
        Assert.Contains(error.Category, Categories);
    }

    [Fact]
    public void An_error_of_ours_says_what_happened_and_what_to_do_and_no_more()
    {
        KlingException error = new(KlingError.FileExists, "The file 'a.mp4' exists.");

        Assert.Equal($"The file 'a.mp4' exists. {KlingError.FileExists.Action}", error.Message);
        Assert.Equal((null, null, null), (error.HttpStatus, error.ServiceCode, error.RequestId));
    }
}
