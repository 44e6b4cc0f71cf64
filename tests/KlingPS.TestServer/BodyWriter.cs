using Microsoft.AspNetCore.Http;

namespace KlingPS.TestServer;

/// <summary>Sends a body whole, cut short, stuck half-way, or slowly.</summary>
internal sealed class BodyWriter(HttpResponse response, CancellationToken cancellationToken)
{
    // Slow bodies go out in this many pieces a second.
    private const int Beats = 20;

    internal async Task WriteAsync(byte[] body, Fault fault)
    {
        int end = (int)Math.Min(fault.StallAfter ?? fault.TruncateAfter ?? body.Length, body.Length);
        ReadOnlyMemory<byte> rest = body.AsMemory(0, end);
        if (fault.BytesPerSecond is { } pace)
        {
            int piece = (int)Math.Max(1, pace / Beats);
            TimeSpan pause = TimeSpan.FromSeconds((double)piece / pace);
            while (rest.Length > piece)
            {
                await response.Body.WriteAsync(rest[..piece], cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                await Task.Delay(pause, cancellationToken);
                rest = rest[piece..];
            }
        }

        await response.Body.WriteAsync(rest, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        if (fault.StallAfter is not null)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        // Where a body is cut, nothing more is to be done: the server closes the connection itself, with an orderly end
        // rather than a reset, which could take the bytes just sent along with it.
    }
}
