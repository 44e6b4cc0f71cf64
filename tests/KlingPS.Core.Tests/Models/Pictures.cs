using System.Buffers.Binary;

namespace KlingPS.Core.Tests.Models;

/// <summary>The first bytes of pictures: enough to tell their size.</summary>
internal static class Pictures
{
    internal static byte[] Png(uint width, uint height)
    {
        byte[] png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[8], 8, 6, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="frame">The marker of the frame header: C0 baseline, C2 progressive.</param>
    /// <param name="before">What stands between the start and the frame header.</param>
    internal static byte[] Jpg(ushort width, ushort height, byte frame = 0xC0, params byte[] before) =>
    [
        0xFF, 0xD8, .. before,
        0xFF, frame, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, .. new byte[9],
        0xFF, 0xD9,
    ];

    internal static byte[] Segment(byte marker, int length) =>
        [0xFF, marker, (byte)((length + 2) >> 8), (byte)(length + 2), .. new byte[length]];
}
