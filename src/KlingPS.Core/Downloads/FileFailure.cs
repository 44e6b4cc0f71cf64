namespace KlingPS.Downloads;

/// <summary>What goes wrong with a file rather than with the network, and how to say it.</summary>
internal static class FileFailure
{
    private const int Win32 = unchecked((int)0x80070000);

    // .NET has no exception type for these: the code of the system is in HResult, on Unix as errno, on Windows as an
    // HRESULT of facility Win32 (https://learn.microsoft.com/windows/win32/debug/system-error-codes).
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

    /// <summary>Whether a file call failed for what the path, the disk or the rights are, not for a bug.</summary>
    internal static bool Is(Exception e) =>
        e is IOException
            or UnauthorizedAccessException
            or System.Security.SecurityException
            // .NET Framework says these of names that no file system takes.
            or ArgumentException
            or NotSupportedException;

    /// <summary>The reason in a few words that end a sentence, without its full stop.</summary>
    internal static string Reason(Exception e) => e.HResult switch
    {
        NoSpace or WindowsDiskFull or WindowsHandleDiskFull => "the disk is full",
        LinuxQuota or MacQuota or WindowsQuota => "the user's quota on the disk is used up",
        WindowsFileTooLarge => "the file system takes no file of that size",
        ReadOnly or WindowsWriteProtect => "the file system is read-only",
        // What .NET makes of EFBIG, also in a write.
        _ when e is ArgumentOutOfRangeException => "the file system takes no file of that size",
        _ => e.Message.TrimEnd('.'),
    };
}
