namespace KlingPS.Downloads;

/// <summary>The errors a download can have. None of them shows the signed query of its URL.</summary>
internal static class DownloadErrors
{
    // A longer requested pause is an error at once.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    internal static KlingException Status(KlingVideo video, int status, TimeSpan? retryAfter) => status switch
    {
        403 or 404 or 410 => Make(KlingError.VideoExpired, video, "the server no longer offers it", status),
        429 =>
            Busy(KlingError.RateLimited, video, "too many requests were sent to the server", status, retryAfter),
        408 or 425 or >= 500 =>
            Busy(KlingError.ServiceUnavailable, video, "the server is unavailable at the moment", status, retryAfter),
        _ => Make(KlingError.UnexpectedResponse, video, "the server did not send a file", status),
    };

    internal static KlingException Unexpected(KlingVideo video, string what) =>
        Make(KlingError.UnexpectedResponse, video, what);

    internal static KlingException TooShort(KlingVideo video, long have, long announced, Exception? cause = null) =>
        Make(
            KlingError.DownloadIncomplete,
            video,
            $"only {have} of {announced} announced bytes arrived",
            canResend: true,
            cause: cause);

    internal static KlingException TooLong(KlingVideo video, long announced) =>
        Make(KlingError.DownloadIncomplete, video, $"more than the {announced} announced bytes arrived");

    internal static KlingException TooLarge(KlingVideo video, long allowed, long? announced) =>
        Make(
            KlingError.VideoTooLarge,
            video,
            announced is null
                ? $"the server sent more than the {allowed} bytes allowed"
                : $"the server announced {announced} bytes, but {allowed} are allowed");

    internal static KlingException Lost(KlingVideo video, Exception cause) =>
        Make(
            KlingError.ConnectionFailed,
            video,
            Redactor.Message(cause.GetBaseException().Message.TrimEnd('.'), null),
            canResend: true,
            cause: cause);

    internal static KlingException Stalled(KlingVideo video, int leastBytes, TimeSpan limit) =>
        Make(
            KlingError.RequestTimeout,
            video,
            leastBytes == 1
                ? $"nothing arrived for {limit.TotalSeconds:0.#} s"
                : $"fewer than {leastBytes} bytes arrived in {limit.TotalSeconds:0.#} s",
            canResend: true);

    internal static KlingException Endless(KlingVideo video, long have) =>
        Make(
            KlingError.DownloadIncomplete,
            video,
            $"the connection ended after {have} bytes, and the server had not announced a length",
            canResend: true);

    /// <param name="holds">The video that is known to be in it, or null.</param>
    internal static KlingException Exists(string path, string? holds = null) =>
        new(
            KlingError.FileExists,
            $"The file '{path}' already exists{(holds is null ? "" : $" with video {holds}")} and was left untouched.")
        {
            Submission = SubmissionOutcome.Created,
        };

    internal static KlingException Taken(string path, string? by) =>
        new(KlingError.FileExists, $"The file '{path}' is already taken by video {by} of this command.")
        {
            Submission = SubmissionOutcome.Created,
            Action = "Give each video its own path with -Destination { … }, or its work a -Name of its own.",
        };

    internal static KlingException InUse(string path, Exception cause) =>
        new(KlingError.FileNotWritable, $"The file '{path}' could not be written: another command is saving it.", cause)
        {
            Submission = SubmissionOutcome.Created,
            Action = "Wait until that command has ended, then check whether the file is there.",
        };

    internal static KlingException NotWritable(string path, Exception cause) =>
        new(KlingError.FileNotWritable, $"The file '{path}' could not be written: {FileFailure.Reason(cause)}.", cause)
        {
            Submission = SubmissionOutcome.Created,
        };

    internal static KlingException NoAddress(KlingVideo video) =>
        Make(KlingError.VideoExpired, video, "the service gives no download address for it");

    private static KlingException Busy(
        KlingError error,
        KlingVideo video,
        string what,
        int status,
        TimeSpan? retryAfter) =>
        retryAfter > LongestRetryAfter
            ? Make(error, video, $"{what} and asks for a pause of {(long)retryAfter.Value.TotalSeconds} s", status)
            : Make(error, video, what, status, canResend: true, retryAfter);

    private static KlingException Make(
        KlingError error,
        KlingVideo video,
        string what,
        int? status = null,
        bool canResend = false,
        TimeSpan? retryAfter = null,
        Exception? cause = null) =>
        new(error, $"Video {video.VideoId} of task {video.TaskId} was not saved: {what}.", cause)
        {
            HttpStatus = status,
            IsRetryable = canResend,
            RetryAfter = retryAfter,
            Submission = SubmissionOutcome.Created,
        };
}

/// <summary>What goes wrong with a file rather than with the network, and how to say it.</summary>
internal static class FileFailure
{
    private const int Win32 = unchecked((int)0x80070000);

    // System error codes in HResult: errno on Unix, HRESULT of facility Win32 on Windows
    // (https://learn.microsoft.com/windows/win32/debug/system-error-codes).
    private const int NoSpace = 28;
    private const int WindowsDiskFull = Win32 | 112;
    private const int WindowsHandleDiskFull = Win32 | 39;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsQuota = Win32 | 1295;
    private const int WindowsFileTooLarge = Win32 | 223;
    private const int ReadOnly = 30;
    private const int WindowsWriteProtect = Win32 | 19;

    /// <summary>Runs what touches files only.</summary>
    /// <exception cref="KlingException">FileNotWritable.</exception>
    internal static T Guard<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (Is(e))
        {
            throw DownloadErrors.NotWritable(path, e);
        }
    }

    /// <inheritdoc cref="Guard{T}(string, Func{T})"/>
    internal static void Guard(string path, Action act) => Guard(path, () =>
    {
        act();
        return true;
    });

    /// <summary>Renames a file.</summary>
    /// <returns>False if the target exists and may not be overwritten.</returns>
    internal static bool TryRename(string source, string target, bool overwrite)
    {
        try
        {
            if (overwrite)
            {
                Platform.Replace(source, target);
            }
            else
            {
                File.Move(source, target);
            }

            return true;
        }
        catch (IOException) when (!overwrite && File.Exists(target))
        {
            return false;
        }
    }

    /// <summary>Whether a file call failed for what the path, the disk or the rights are, not for a bug.</summary>
    internal static bool Is(Exception e) =>
        e is IOException
            or UnauthorizedAccessException
            or System.Security.SecurityException
            // .NET Framework throws these for names that no file system accepts.
            or ArgumentException
            or NotSupportedException;

    /// <summary>The reason in a few words that end a sentence, without its full stop.</summary>
    internal static string Reason(Exception e) => e.HResult switch
    {
        NoSpace or WindowsDiskFull or WindowsHandleDiskFull => "the disk is full",
        LinuxQuota or MacQuota or WindowsQuota => "the user's disk quota is exhausted",
        WindowsFileTooLarge => "the file system does not allow a file of that size",
        ReadOnly or WindowsWriteProtect => "the file system is read-only",
        // .NET reports EFBIG as this.
        _ when e is ArgumentOutOfRangeException => "the file system does not allow a file of that size",
        _ => e.Message.TrimEnd('.'),
    };
}
