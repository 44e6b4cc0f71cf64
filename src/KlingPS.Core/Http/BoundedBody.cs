using System.Buffers;

namespace KlingPS.Http;

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
        using MemoryStream all = new((int)(content.Headers.ContentLength ?? 4096));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (all.Length + count > MaxBytes)
                {
                    return null;
                }

                all.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return all.ToArray();
    }
}
