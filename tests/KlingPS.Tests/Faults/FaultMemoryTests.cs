using System.IO.Compression;
using KlingPS.TestServer;

namespace KlingPS.Tests.Faults;

/// <summary>Answers larger than memory. These look at the whole process, so nothing runs beside them.</summary>
[Collection(nameof(FaultMatrix))]
public sealed class FaultMemoryTests(FaultMatrix matrix)
{
    // A wait reads four megabytes of each of its answers; everything that is sent is three times this and more.
    private const long Bound = 64L * 1024 * 1024;

    private readonly FaultMatrix _matrix = matrix;

    public static TheoryData<string, string> Cells => new(FaultTable.TooLarge.Select(cell => cell.Name));

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task What_is_larger_than_memory_does_not_get_there(string fault, string cmdlet)
    {
        FaultCell cell = FaultTable.TooLarge.Single(known => known.Name == (fault, cmdlet));
        long before = GC.GetTotalAllocatedBytes(precise: true);

        Observation observation = await _matrix.RunAloneAsync(cell);

        Assert.Equal(cell.Expected, observation.Outcome);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Bound);
    }

    [Fact]
    public void The_bomb_is_one()
    {
        StreamedBody bomb = StreamedBody.Bomb();
        using GZipStream member = new(new MemoryStream(bomb.Block), CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        member.CopyTo(unpacked);

        Assert.Equal(StreamedBody.BombBytes, unpacked.Length * bomb.Times);
        Assert.InRange(bomb.Length, 1, 16L * 1024 * 1024);
    }
}
