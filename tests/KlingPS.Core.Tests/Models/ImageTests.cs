using System.Buffers.Binary;

namespace KlingPS.Core.Tests.Models;

/// <summary>A local image before it is sent.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("klingps-tests-");

    [Fact]
    public void The_size_of_a_png_is_read_from_its_header() =>
        Assert.Equal((640, 480), ImageHeader.Size(Pictures.Png(640, 480)));

    [Theory]
    [InlineData(0xC0)]
    [InlineData(0xC1)]
    [InlineData(0xC2)]
    [InlineData(0xC9)]
    public void The_size_of_a_jpg_is_read_from_its_frame_header(byte frame) =>
        Assert.Equal((640, 480), ImageHeader.Size(Pictures.Jpg(640, 480, frame)));

    [Fact]
    public void Tables_and_comments_before_the_frame_header_are_passed_over()
    {
        byte[] before =
        [
            .. Pictures.Segment(0xE0, 14), .. Pictures.Segment(0xE1, 60_000), .. Pictures.Segment(0xC4, 300),
            .. Pictures.Segment(0xDB, 65), 0xFF, 0xFF, 0xFF, .. Pictures.Segment(0xFE, 0).Skip(1), 0xFF, 0x01,
        ];

        Assert.Equal((640, 480), ImageHeader.Size(Pictures.Jpg(640, 480, 0xC2, before)));
    }

    public static TheoryData<byte[]> NoPictures => new()
    {
        Array.Empty<byte>(),
        new byte[] { 0xFF },
        new byte[] { 0xFF, 0xD8, 0xFF },
        new byte[] { 0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8 },
        new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8 },
        Enumerable.Repeat((byte)0xFF, 100).ToArray(),
        Pictures.Png(640, 480)[..20],
        Pictures.Png(0, 480),
        Pictures.Png(0x8000_0000, 480),
        Pictures.Jpg(640, 0),
        "GIF89a and some more bytes"u8.ToArray(),
        "RIFF....WEBPVP8 and more bytes"u8.ToArray(),
        "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(),
    };

    [Theory]
    [MemberData(nameof(NoPictures), DisableDiscoveryEnumeration = true)]
    public void What_is_no_whole_header_has_no_size(byte[] bytes) => Assert.Null(ImageHeader.Size(bytes));

    [Theory]
    [InlineData(300, 300)]
    [InlineData(750, 300)]
    [InlineData(300, 750)]
    [InlineData(4000, 3000)]
    public void An_image_within_the_limits_is_raw_base64(ushort width, ushort height)
    {
        byte[] bytes = Pictures.Jpg(width, height);

        ImageSource image = ImageSource.FromFile(FileOf(bytes));

        Assert.Equal(bytes, Convert.FromBase64String(image.Value));
        Assert.Equal($"<base64 of image, {bytes.Length} bytes>", image.Display);
    }

    [Theory]
    [InlineData(299, 300, "300")]
    [InlineData(300, 299, "300")]
    [InlineData(751, 300, "1:2.5")]
    [InlineData(300, 751, "1:2.5")]
    public void An_image_beyond_the_limits_is_refused_with_its_size(ushort width, ushort height, string why)
    {
        KlingException error = Refused(Pictures.Jpg(width, height));

        Assert.Equal("ImageInvalid", error.ErrorId);
        Assert.Contains($"{width} × {height}", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_over_ten_megabytes_is_refused()
    {
        byte[] bytes = new byte[(10 * 1024 * 1024) + 1];
        Pictures.Png(640, 480).CopyTo(bytes, 0);

        Assert.Equal("ImageInvalid", Refused(bytes).ErrorId);
    }

    // Unix has it everywhere; elsewhere the file is not there, and nothing is read.
    [Fact]
    public void A_device_that_never_ends_is_not_read_to_the_end() => Assert.Equal(
        File.Exists("/dev/zero") ? "ImageInvalid" : "ImageNotFound",
        Assert.Throws<KlingException>(() => ImageSource.FromFile("/dev/zero")).ErrorId);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_is_no_image_and_not_waited_for(bool byLink)
    {
        string pipe = Path.Combine(_folder.FullName, "pipe.png");
        await UnixTool.MakePipeAsync(pipe, Token);
        string path = byLink ? Path.Combine(_folder.FullName, "link.png") : pipe;
        if (byLink)
        {
            File.CreateSymbolicLink(path, pipe);
        }

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => Task.Run(() => ImageSource.FromFile(path), Token).WaitAsync(TimeSpan.FromSeconds(20), Token));

        Assert.Equal("ImageInvalid", error.ErrorId);
    }

    [Fact]
    public void An_image_behind_a_link_is_taken()
    {
        string link = Path.Combine(_folder.FullName, "link.png");
        UnixTool.MakeLink(link, FileOf(Pictures.Png(640, 480)));

        Assert.NotEmpty(ImageSource.FromFile(link).Value);
    }

    [Fact]
    public void An_image_of_just_ten_megabytes_is_taken()
    {
        byte[] bytes = new byte[10 * 1024 * 1024];
        Pictures.Png(640, 480).CopyTo(bytes, 0);

        Assert.NotEmpty(ImageSource.FromFile(FileOf(bytes)).Value);
    }

    [Fact]
    public void A_file_that_is_neither_jpg_nor_png_is_refused() =>
        Assert.Equal("ImageInvalid", Refused("GIF89a and some more bytes"u8.ToArray()).ErrorId);

    [Fact]
    public void A_file_that_is_not_there_is_not_found() => Assert.Equal(
        "ImageNotFound",
        Assert.Throws<KlingException>(() => ImageSource.FromFile(Path.Combine(_folder.FullName, "none.png"))).ErrorId);

    [Fact]
    public void A_folder_is_no_image() =>
        Assert.Equal(
            "ImageNotFound", Assert.Throws<KlingException>(() => ImageSource.FromFile(_folder.FullName)).ErrorId);

    [Fact]
    public void A_url_is_passed_on() =>
        Assert.Equal(
            "https://me.test/a%20b.png?c=d", ImageSource.FromUrl(new Uri("https://me.test/a b.png?c=d")).Value);

    public void Dispose() => _folder.Delete(recursive: true);

    private string FileOf(byte[] bytes)
    {
        string path = Path.Combine(_folder.FullName, "image");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private KlingException Refused(byte[] bytes) =>
        Assert.Throws<KlingException>(() => ImageSource.FromFile(FileOf(bytes)));
}

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

    internal static byte[] Jpg(ushort width, ushort height, byte frame = 0xC0, params byte[] before) =>
    [
        0xFF, 0xD8, .. before,
        0xFF, frame, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, .. new byte[9],
        0xFF, 0xD9,
    ];

    internal static byte[] Segment(byte marker, int length) =>
        [0xFF, marker, (byte)((length + 2) >> 8), (byte)(length + 2), .. new byte[length]];
}
