using System.Buffers;

namespace KlingPS.Downloads;

/// <summary>Copies a stream to a file, never past a length, and tells a full disk from a lost connection.</summary>
internal sealed class VideoCopy(Stream source, FileStream file, PartialFile partial, Action<long> received)
{
    private const int BufferSize = 128 * 1024;

    /// <param name="longest">What the file may become; a piece that would make it longer is not written.</param>
    /// <param name="alive">Called whenever something arrived.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when there was more.</returns>
    /// <exception cref="KlingException">FileNotWritable.</exception>
    internal async Task<bool> RunAsync(long longest, Action alive, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        bool isAll = true;
        try
        {
            int count;
            while (isAll && (count = await Platform.ReadAsync(source, buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                alive();
                isAll = count <= longest - file.Position;
                if (isAll)
                {
                    Write(buffer, count);
                    received(count);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return isAll;
    }

    // Not asynchronously: the system takes a piece into its cache at once, while .NET would hand each one to another thread,
    // which costs half the speed.
    private void Write(byte[] buffer, int count)
    {
        try
        {
            file.Write(buffer, 0, count);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw DownloadErrors.NotWritable(partial.FinalPath, e);
        }
    }
}
