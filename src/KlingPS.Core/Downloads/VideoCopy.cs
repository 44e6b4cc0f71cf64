using System.Buffers;

namespace KlingPS.Downloads;

/// <summary>Copies a stream to a file and tells a full disk from a lost connection.</summary>
internal sealed class VideoCopy(Stream source, FileStream file, string path, Action<long> received)
{
    private const int BufferSize = 128 * 1024;

    /// <param name="alive">Called whenever something arrived.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KlingException">FileNotWritable.</exception>
    internal async Task RunAsync(Action alive, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                alive();
                await WriteAsync(buffer, count, cancellationToken).ConfigureAwait(false);
                received(count);
            }

            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(byte[] buffer, int count, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(buffer, 0, count, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw DownloadErrors.NotWritable(path, e);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw DownloadErrors.NotWritable(path, e);
        }
    }
}
