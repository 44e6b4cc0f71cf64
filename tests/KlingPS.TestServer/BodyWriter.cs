using Microsoft.AspNetCore.Http;

namespace KlingPS.TestServer;

/// <summary>Sends a body whole, cut short, stuck half-way, or slowly.</summary>
internal sealed class BodyWriter(HttpResponse response, CancellationToken cancellationToken)
{
    // Slow bodies go out in this many pieces a second.
    private const int Beats = 20;

    // Some systems throw away with a reset what came before it: time for the client to take it.
    private static readonly TimeSpan BeforeReset = TimeSpan.FromSeconds(0.1);

    internal async Task WriteAsync(byte[] body, Fault fault)
    {
        int end = (int)Math.Min(fault.TruncateAfter ?? body.Length, body.Length);
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
        if (fault is { Hang: true, TruncateAfter: not null })
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (fault is { Reset: true, TruncateAfter: not null })
        {
            await Task.Delay(BeforeReset, cancellationToken);
            response.HttpContext.Abort();
        }

        // Where a body is cut otherwise, nothing more is to be done: the server closes the connection itself, with an orderly end
        // rather than a reset, which could take the bytes just sent along with it.
    }

    internal async Task WriteAsync(StreamedBody body)
    {
        for (int i = 0; i < body.Times; i++)
        {
            await response.Body.WriteAsync(body.Block, cancellationToken);
        }
    }
}
