using System.Buffers;

namespace KlingPS.Transport;

/// <summary>Reads a body up to a limit no honest answer reaches.</summary>
internal static class BoundedBody
{
    internal const int MaxBytes = 4 * 1024 * 1024;

    /// <returns>The bytes, or null when there are more than <see cref="MaxBytes"/>.</returns>
    internal static async Task<byte[]?> ReadAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return [];
        }

        if (content.Headers.ContentLength > MaxBytes)
        {
            return null;
        }

        using Stream stream = await Platform.ReadAsStreamAsync(content, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int length = 0;
            int count;
            while ((count = await Platform.ReadAsync(stream, buffer, length, buffer.Length - length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += count;
                if (length > MaxBytes)
                {
                    return null;
                }

                buffer = length == buffer.Length ? Larger(buffer) : buffer;
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Larger(byte[] full)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
