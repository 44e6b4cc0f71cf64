using System.Buffers.Binary;

namespace KlingPS.Clips;

/// <summary>The shape of an mp4, read from its index: no decoder needed.</summary>
internal static class VideoShape
{
    private const int HeaderSize = 8;

    // Where a track header has the width and the height, 16.16 fixed, counted from its end.
    private const int FromEnd = 8;

    private static readonly (string Name, double Ratio)[] Known =
        [("16:9", 16.0 / 9), ("9:16", 9.0 / 16), ("1:1", 1)];

    /// <returns>The ratio of the service that is nearest; 16:9, its own default, where the file does not say.</returns>
    internal static string AspectRatioOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        double ratio = Ratio(file, 0, file.Length) ?? Known[0].Ratio;
        return Known.OrderBy(known => Math.Abs(Math.Log(known.Ratio / ratio))).First().Name;
    }

    private static double? Ratio(FileStream file, long start, long end)
    {
        byte[] buffer = new byte[HeaderSize];
        for (long box = start; box + HeaderSize <= end;)
        {
            file.Position = box;
            if (file.Read(buffer, 0, HeaderSize) != HeaderSize)
            {
                return null;
            }

            long size = BinaryPrimitives.ReadUInt32BigEndian(buffer);
            string name = Encoding.ASCII.GetString(buffer, 4, 4);
            // Larger than 4 GB, or up to the end: neither is a box that matters here.
            if (size < HeaderSize || box + size > end)
            {
                return null;
            }

            if (name is "moov" or "trak" && Ratio(file, box + HeaderSize, box + size) is { } found)
            {
                return found;
            }

            if (name == "tkhd" && size > 2 * HeaderSize)
            {
                file.Position = box + size - FromEnd;
                bool isRead = file.Read(buffer, 0, HeaderSize) == HeaderSize;
                uint width = BinaryPrimitives.ReadUInt32BigEndian(buffer);
                uint height = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4));
                // A sound track has neither.
                if (isRead && width > 0 && height > 0)
                {
                    return (double)width / height;
                }
            }

            box += size;
        }

        return null;
    }
}
