#if NET
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace KlingPS.Internal;

/// <summary>open(2), because .NET cannot be told to follow no link and to wait for no pipe.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFile
{
    private const int ReadWrite = 2;
    private const int NoEntry = 2;
    private const int NoSuchDevice = 6;
    private const int Exists = 17;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int MaxAttempts = 10;

    private static readonly bool IsMac = OperatingSystem.IsMacOS();

    // Linux on ARM and POWER has another O_NOFOLLOW than elsewhere.
    private static readonly int NoFollow = IsMac ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64
            or Architecture.Ppc64le ? 0x8000
        : 0x20000;

    private static readonly int NonBlocking = IsMac ? 0x4 : 0x800;
    private static readonly int CloseOnExec = IsMac ? 0x100_0000 : 0x8_0000;
    private static readonly int TooManyLinks = IsMac ? 62 : 40;
    private static readonly int WouldBlock = IsMac ? 35 : 11;

    internal static FileStream Open(string path, FileShare share, bool isPrivate)
    {
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFullPath(path) + '\0');
        bool isExclusive = share == FileShare.None;
        for (int attempt = 1; ; attempt++)
        {
            SafeFileHandle handle = open(name, ReadWrite | NoFollow | NonBlocking | CloseOnExec);
            int code = Marshal.GetLastPInvokeError();
            if (!handle.IsInvalid)
            {
                return Locked(path, handle, isExclusive, isPrivate);
            }

            handle.Dispose();
            if (code != NoEntry)
            {
                throw Failure(path, code);
            }

            try
            {
                return Create(path, share, isPrivate);
            }
            catch (IOException e) when (e.HResult == Exists && attempt < MaxAttempts)
            {
                // Another process created it in the meantime.
            }
        }
    }

    // CreateNew follows no link either (O_EXCL).
    private static FileStream Create(string path, FileShare share, bool isPrivate)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
            UnixCreateMode = isPrivate ? UnixFileMode.UserRead | UnixFileMode.UserWrite : null,
        };
        return new FileStream(path, options);
    }

    private static FileStream Locked(string path, SafeFileHandle handle, bool isExclusive, bool isPrivate)
    {
        FileStream file = RegularFile.Checked(path, new FileStream(handle, FileAccess.ReadWrite, 0));
        try
        {
            // Without a lock where the file system has none, like .NET.
            if (flock(handle, (isExclusive ? LockExclusive : LockShared) | LockNonBlocking) != 0
                && Marshal.GetLastPInvokeError() == WouldBlock)
            {
                throw new IOException($"'{path}' is in use by another process", WouldBlock);
            }

            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            if (isPrivate && File.GetUnixFileMode(handle) != owner)
            {
                // Restored from elsewhere with other permissions.
                File.SetUnixFileMode(handle, owner);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static IOException Failure(string path, int code) => new(
        code == TooManyLinks ? $"'{path}' is a link"
        : code == NoSuchDevice ? $"'{path}' is not a regular file"
        : $"{Marshal.GetPInvokeErrorMessage(code)}: '{path}'",
        code);

    // Without the mode argument (creation only), which is variadic and passed differently on macOS/ARM.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int flock(SafeFileHandle file, int operation);
}
#endif
