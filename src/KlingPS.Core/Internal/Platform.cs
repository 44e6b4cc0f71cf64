using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KlingPS.Internal;

/// <summary>The few calls that the two frameworks spell differently.</summary>
internal static class Platform
{
    /// <summary>Compares paths as the system does: Windows and macOS ignore case.</summary>
    internal static StringComparer PathComparer =>
        Environment.OSVersion.Platform == PlatformID.Win32NT || RuntimeInformation.IsOSPlatform(OSPlatform.OSX)
            ? StringComparer.OrdinalIgnoreCase
            : StringComparer.Ordinal;

    // Delays take at most 2^31 - 1 milliseconds, in .NET Framework.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(24);

#if NET
    internal static double NextRandom() => Random.Shared.NextDouble();
#else
    [ThreadStatic]
    private static Random? random;

    internal static double NextRandom() => (random ??= new Random(Guid.NewGuid().GetHashCode())).NextDouble();
#endif

    /// <summary>The time of this machine, for assemblies that do not know the clock of both frameworks.</summary>
    internal static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    internal static Task DelayAsync(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        TimeSpan bounded = delay <= TimeSpan.Zero ? TimeSpan.Zero : delay < LongestDelay ? delay : LongestDelay;
        // Timers truncate to whole milliseconds; rounding up avoids a busy loop at the end of a wait.
        bounded = TimeSpan.FromMilliseconds(Math.Ceiling(bounded.TotalMilliseconds));
#if NET
        return Task.Delay(bounded, time, cancellationToken);
#else
        return TimeProviderTaskExtensions.Delay(time, bounded, cancellationToken);
#endif
    }

    internal static CancellationTokenSource CancelAfter(this TimeProvider time, TimeSpan delay)
    {
        TimeSpan bounded = delay < LongestDelay ? delay : LongestDelay;
#if NET
        return new CancellationTokenSource(bounded, time);
#else
        return TimeProviderTaskExtensions.CreateCancellationTokenSource(time, bounded);
#endif
    }

    internal static Task<Stream> ReadAsStreamAsync(HttpContent content, CancellationToken cancellationToken)
    {
#if NET
        return content.ReadAsStreamAsync(cancellationToken);
#else
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
#endif
    }

    /// <summary>
    /// Reads what has arrived of an answer; ends as cancelled when the token given with its request is.
    /// </summary>
#if NET
    internal static Task<int> ReadAsync(
        Stream body,
        byte[] buffer,
        int offset,
        int count,
        CancellationToken cancellationToken) =>
        body.ReadAsync(buffer, offset, count, cancellationToken);
#else
    internal static async Task<int> ReadAsync(
        Stream body,
        byte[] buffer,
        int offset,
        int count,
        CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (cancellationToken.IsCancellationRequested)
        {
            // An aborted HttpWebRequest surfaces as an IOException.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }
#endif

    /// <summary>Ends a process, and what it has started where .NET can.</summary>
    internal static void KillAll(Process process)
    {
#if NET
        process.Kill(entireProcessTree: true);
#else
        process.Kill();
#endif
    }

    /// <summary>Opens a regular file, made if missing, that only its owner may read; for reading and writing.</summary>
    internal static FileStream OpenPrivate(string path, FileShare share) =>
        RegularFile.Open(path, share, isPrivate: true);

    /// <summary>The first bytes in lower-case hexadecimal.</summary>
    internal static string Hex(byte[] bytes, int count)
    {
        char[] hex = new char[2 * count];
        for (int i = 0; i < hex.Length; i++)
        {
            hex[i] = "0123456789abcdef"[(bytes[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15];
        }

        return new string(hex);
    }

    /// <summary>Makes a folder, and those above it, for its owner only.</summary>
    internal static void CreatePrivateDirectory(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }
#endif
        Directory.CreateDirectory(path);
    }

    /// <summary>
    /// Gives a file a name that may be taken; whatever goes wrong, the old file or the new one has it.
    /// </summary>
    internal static void Replace(string source, string target)
    {
#if NET
        File.Move(source, target, overwrite: true);
#else
        if (!File.Exists(target))
        {
            File.Move(source, target);
            return;
        }

        // Without a backup name, a failure half-way would lose the old file
        // (https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-replacefilew, remarks).
        string aside = target + ".replaced";
        try
        {
            File.Replace(source, target, aside, ignoreMetadataErrors: true);
            File.Delete(aside);
        }
        catch (IOException) when (!File.Exists(target) && File.Exists(aside))
        {
            File.Move(aside, target);
            throw;
        }
#endif
    }
}
