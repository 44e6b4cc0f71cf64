namespace KlingPS.Internal;

/// <summary>
/// Opens regular files by their own names: never what a link points to, and never a pipe, a socket or a device, which
/// can block for ever. The folders above may be links.
/// </summary>
internal static class RegularFile
{
    private static readonly bool IsUnix = Path.DirectorySeparatorChar == '/';

    /// <summary>Opens a file for reading and writing, unbuffered, made if missing.</summary>
    /// <param name="path">The file; nothing of what a link there points to is touched.</param>
    /// <param name="share">What others may do with it meanwhile; None and Delete lock it.</param>
    /// <exception cref="IOException">Among others, it is a link, not a regular file, or locked (<see
    /// cref="IsLocked"/>).</exception>
    internal static FileStream Open(string path, FileShare share, bool isPrivate = false)
    {
        // On Unix open files can be deleted anyway, and .NET locks only for FileShare.None.
        share = IsUnix && share == FileShare.Delete ? FileShare.None : share;
#if NET
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            try
            {
                return UnixFile.Open(path, share, isPrivate);
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                // The C library has another name: open it the portable way.
            }
        }
#endif
        return IsLink(path)
            ? throw new IOException($"'{path}' is a link")
            : Checked(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, 1));
    }

    /// <summary>Whether a file could not be opened because somebody else has it open.</summary>
    internal static bool IsLocked(Exception e) =>
        // Sharing violations: 32 and 33 on Windows, EWOULDBLOCK on Linux (11) and macOS (35).
        e is IOException && (e.HResult & 0xFFFF) is 32 or 33 or 11 or 35;

    /// <summary>
    /// The length of a file, or of what it links to; 0 for a pipe, a socket and a device, of which none is opened.
    /// </summary>
    internal static long LengthOf(string path)
    {
        FileInfo file = new(path);
#if NET
        file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
#endif
        return file.Length;
    }

    /// <summary>Whether the name is that of a link; what is in the cloud or deduplicated on Windows is none.</summary>
    internal static bool IsLink(string path) => IsLink(new FileInfo(path));

    /// <inheritdoc cref="IsLink(string)"/>
    internal static bool IsLink(FileInfo file) =>
        file.Exists
        && (file.Attributes & FileAttributes.ReparsePoint) != 0
        // OneDrive and deduplicated files are reparse points too, but have a length; links on Windows have none.
        && (file.Length == 0 || IsUnix);

    /// <summary>The file, unless it turns out to be something else.</summary>
    internal static FileStream Checked(string path, FileStream file)
    {
        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"'{path}' is not a regular file");
    }
}
