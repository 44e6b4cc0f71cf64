using System.IO.Compression;

namespace KlingPS.TestServer;

/// <summary>A body sent as one block over and over, so that it can be larger than memory.</summary>
/// <param name="Block">What is sent.</param>
/// <param name="Times">How often.</param>
/// <param name="IsAnnounced">Whether Content-Length says how much it is; else it comes in chunks.</param>
public sealed record StreamedBody(byte[] Block, int Times, bool IsAnnounced)
{
    /// <summary>How much a bomb unpacks to.</summary>
    public const long BombBytes = 10L * 1024 * 1024 * 1024;

    private const int MemberBytes = 10 * 1024 * 1024;

    /// <summary>The length of the whole.</summary>
    public long Length => (long)Block.Length * Times;

    internal long? AnnouncedLength => IsAnnounced ? Length : null;

    /// <summary>Spaces, so many mebibytes of them.</summary>
    public static StreamedBody OfMebibytes(int mebibytes, bool isAnnounced)
    {
        byte[] block = new byte[64 * 1024];
        block.AsSpan().Fill((byte)' ');
        return new StreamedBody(block, mebibytes * 16, isAnnounced);
    }

    /// <summary>Ten megabytes of gzip that unpack to <see cref="BombBytes"/>: members in a row are one gzip file (RFC 1952).</summary>
    public static StreamedBody Bomb()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[MemberBytes]);
        }

        return new StreamedBody(packed.ToArray(), (int)(BombBytes / MemberBytes), IsAnnounced: false);
    }
}
