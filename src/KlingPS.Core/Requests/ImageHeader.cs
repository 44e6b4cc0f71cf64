namespace KlingPS.Requests;

/// <summary>Width and height of a png or jpg, read from its first bytes.</summary>
internal static class ImageHeader
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <returns>Pixels, or null when the bytes are neither format.</returns>
    internal static (int Width, int Height)? Size(ReadOnlySpan<byte> bytes)
    {
        (int Width, int Height)? size = bytes.StartsWith(PngSignature) ? PngSize(bytes) : JpegSize(bytes);
        return size is { Width: > 0, Height: > 0 } ? size : null;
    }

    // The header chunk comes first: length, 'IHDR', width, height.
    private static (int Width, int Height)? PngSize(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 24 && bytes.Slice(12, 4).SequenceEqual("IHDR"u8)
            ? (BigEndian(bytes.Slice(16, 4)), BigEndian(bytes.Slice(20, 4)))
            : null;

    private static (int Width, int Height)? JpegSize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8)
        {
            return null;
        }

        int at = 2;
        while (at + 9 < bytes.Length)
        {
            if (bytes[at] != 0xFF)
            {
                return null;
            }

            byte marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            // Frame headers are C0 to CF, less the tables C4, C8 and CC.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BigEndian(bytes.Slice(at + 7, 2)), BigEndian(bytes.Slice(at + 5, 2)));
            }

            bool standsAlone = marker is 0x01 or (>= 0xD0 and <= 0xD8);
            at += standsAlone ? 2 : 2 + BigEndian(bytes.Slice(at + 2, 2));
        }

        return null;
    }

    private static int BigEndian(ReadOnlySpan<byte> bytes)
    {
        int value = 0;
        foreach (byte b in bytes)
        {
            value = (value << 8) | b;
        }

        return value;
    }
}
