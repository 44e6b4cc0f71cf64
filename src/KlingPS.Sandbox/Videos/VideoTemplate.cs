using System.Buffers.Binary;

namespace KlingPS.Sandbox;

/// <summary>One tiny MP4 stretched to any length: the frames stay, only the durations in its index change.</summary>
internal static class VideoTemplate
{
    private const int Frames = 10;
    private const int HeaderSize = 8;

    private static readonly byte[] Template = Load();

    /// <summary>A playable file of this length, to the nearest 10 ms.</summary>
    internal static byte[] OfLength(TimeSpan length)
    {
        byte[] file = (byte[])Template.Clone();
        // Both timescales of the template are 1000 (Videos/README.md), so a tick is a millisecond.
        uint frame = (uint)Math.Round(length.TotalMilliseconds / Frames);
        Rewrite(file, 0, file.Length, frame);
        return file;
    }

    private static void Rewrite(byte[] file, int start, int end, uint frame)
    {
        for (int box = start; box < end;)
        {
            int size = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(box));
            switch (Encoding.ASCII.GetString(file, box + 4, 4))
            {
                case "moov" or "trak" or "edts" or "mdia" or "minf" or "stbl":
                    Rewrite(file, box + HeaderSize, box + size, frame);
                    break;
                case "mvhd" or "mdhd":
                    Write(file, box + 24, frame * Frames);
                    break;
                case "tkhd":
                    Write(file, box + 28, frame * Frames);
                    break;
                case "elst":
                    Write(file, box + 16, frame * Frames);
                    break;
                case "stts":
                    Write(file, box + 20, frame);
                    break;
            }

            box += size;
        }
    }

    private static void Write(byte[] file, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(offset), value);

    private static byte[] Load()
    {
        using Stream resource = typeof(VideoTemplate).Assembly
            .GetManifestResourceStream("KlingPS.Sandbox.Videos.Template.mp4")!;
        using MemoryStream copy = new();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
