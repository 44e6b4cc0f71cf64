using Microsoft.AspNetCore.Http;

namespace KlingPS.TestServer;

/// <summary>Sends a body whole, cut short, or slowly.</summary>
internal sealed class BodyWriter(HttpResponse response, CancellationToken cancellationToken)
{
    // Slow bodies go out in this many pieces a second.
    private const int Beats = 20;

    internal async Task WriteAsync(byte[] body, Fault fault)
    {
        bool isCut = fault.TruncateAfter < body.Length;
        ReadOnlyMemory<byte> rest = isCut ? body.AsMemory(0, (int)fault.TruncateAfter!) : body;
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

        // Where a body is cut, nothing more is to be done: the server closes the connection itself, with an orderly end
        // rather than a reset, which could take the bytes just sent along with it.
    }
}
