namespace KlingPS.Core.Tests.Downloads;

/// <summary>Whatever a server calls a video, its file stays in the folder it was to go to, on every system.</summary>
public sealed class FileNameTests
{
    public static TheoryData<string> Ids => [.. HostileIds.All];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_hostile_id_becomes_a_plain_name(string id) =>
        AssertPlain(VideoFileName.For(new KlingVideo { VideoId = id, TaskId = "1" }));

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_hostile_task_id_becomes_a_plain_name_too(string id) =>
        AssertPlain(VideoFileName.For(new KlingVideo { TaskId = id }));

    [Theory]
    [InlineData("861234567890123457", "861234567890123457.mp4")]
    [InlineData("a-b_c.d", "a-b_c.d.mp4")]
    [InlineData("Conference", "Conference.mp4")]
    [InlineData("", "1.mp4")]
    public void An_honest_id_is_the_name(string id, string name) =>
        Assert.Equal(name, VideoFileName.For(new KlingVideo { VideoId = id, TaskId = "1" }));

    [Theory]
    [InlineData("harbour", null, 0, "harbour.mp4")]
    [InlineData("harbour", null, 1, "harbour-2.mp4")]
    [InlineData("harbour", 2, 0, "harbour-02.mp4")]
    [InlineData(" Der Hafen: früh/spät? ", null, 0, "Der Hafen_ früh_spät_.mp4")]
    [InlineData("../../etc/passwd", null, 0, "_._.._etc_passwd.mp4")]
    [InlineData("con", null, 0, "_con.mp4")]
    [InlineData("con", 2, 0, "_con-02.mp4")]
    [InlineData("\u202Egnp", null, 0, "_gnp.mp4")]
    [InlineData(" ", null, 0, "1.mp4")]
    public void A_name_is_the_files_name(string name, int? part, int index, string file) => Assert.Equal(
        file, VideoFileName.For(new KlingVideo { VideoId = "1", Name = name, Part = part, Index = index }));

    [Theory]
    [InlineData('a')]
    [InlineData('\u4E2D')]
    public void A_long_name_leaves_room_for_what_a_download_adds(char letter)
    {
        string file = VideoFileName.For(new KlingVideo { Name = new string(letter, 300), Part = 12 });

        Assert.InRange(Encoding.UTF8.GetByteCount(file + ".partial.tag"), 240, 255);
        Assert.EndsWith("-12.mp4", file, StringComparison.Ordinal);
    }

    [Fact]
    public void A_video_without_any_id_has_a_name() => Assert.Equal("_.mp4", VideoFileName.For(new KlingVideo()));

    private static void AssertPlain(string name)
    {
        string folder = Path.GetTempPath();

        Assert.Matches(@"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,110}\.mp4$", name);
        Assert.DoesNotMatch("(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])[.]", name);
        Assert.Equal(Path.Combine(folder, name), Path.GetFullPath(Path.Combine(folder, name)));
    }
}
