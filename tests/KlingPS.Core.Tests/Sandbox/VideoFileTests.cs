using System.Buffers.Binary;
using System.Text.Json;
using KlingPS.Sandbox;

namespace KlingPS.Core.Tests.Sandbox;

public sealed class VideoFileTests
{
    private readonly SandboxAccount _account = new();

    [Theory]
    [InlineData(5)]
    [InlineData(9.5)]
    [InlineData(10)]
    [InlineData(14.5)]
    [InlineData(180)]
    public void A_video_is_as_long_as_it_claims(double seconds)
    {
        byte[] file = VideoTemplate.OfLength(TimeSpan.FromSeconds(seconds));

        uint ticks = (uint)(seconds * 1000);
        Assert.Equal(1000u, Read(file, "mvhd", 16));
        Assert.Equal(1000u, Read(file, "mdhd", 16));
        Assert.Equal(ticks, Read(file, "mvhd", 20));
        Assert.Equal(ticks, Read(file, "mdhd", 20));
        Assert.Equal(ticks, Read(file, "tkhd", 24));
        Assert.Equal(ticks, Read(file, "elst", 12));
        Assert.Equal(ticks, Read(file, "stts", 12) * Read(file, "stts", 16));
    }

    [Fact]
    public void The_file_behind_the_url_is_as_long_as_the_task_says()
    {
        (_, _, JsonElement video) = _account.Parent();

        SandboxResponse answer = Get(video);

        Assert.Equal(200, answer.Status);
        Assert.Equal("video/mp4", answer.Headers["Content-Type"]);
        Assert.Equal("bytes", answer.Headers["Accept-Ranges"]);
        Assert.Equal(answer.Body.Length.ToString(CultureInfo.InvariantCulture), answer.Headers["Content-Length"]);
        Assert.StartsWith("\"", answer.Headers["ETag"], StringComparison.Ordinal);
        Assert.Equal("Sun, 01 Mar 2026 12:00:02 GMT", answer.Headers["Last-Modified"]);
        Assert.Equal(5000u, Read(answer.Body, "mvhd", 20));
    }

    [Theory]
    [InlineData("bytes=100-", 100, int.MaxValue)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("bytes=10-999999", 10, int.MaxValue)]
    [InlineData("bytes=-20", -20, 20)]
    [InlineData("bytes=-999999", 0, int.MaxValue)]
    public void A_range_is_that_part_of_the_file(string range, int start, int count)
    {
        (_, _, JsonElement video) = _account.Parent();
        byte[] whole = Get(video).Body;
        byte[] expected = [.. whole.Skip(start < 0 ? whole.Length + start : start).Take(count)];

        SandboxResponse answer = Get(video, ("Range", range));

        Assert.Equal(206, answer.Status);
        Assert.Equal(expected, answer.Body);
        int first = start < 0 ? whole.Length + start : start;
        Assert.Equal($"bytes {first}-{first + expected.Length - 1}/{whole.Length}", answer.Headers["Content-Range"]);
    }

    [Theory]
    [InlineData("bytes=999999-")]
    [InlineData("bytes=-0")]
    public void A_range_behind_the_end_is_416(string range)
    {
        (_, _, JsonElement video) = _account.Parent();

        SandboxResponse answer = Get(video, ("Range", range));

        Assert.Equal(416, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal($"bytes */{Get(video).Body.Length}", answer.Headers["Content-Range"]);
    }

    [Theory]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-1")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=-")]
    [InlineData("lines=1-2")]
    public void A_range_that_makes_no_sense_is_ignored(string range)
    {
        (_, _, JsonElement video) = _account.Parent();

        Assert.Equal(200, Get(video, ("Range", range)).Status);
    }

    [Fact]
    public void A_url_is_good_for_30_days()
    {
        (_, _, JsonElement video) = _account.Parent();
        string query = PathOf(video).Split('?')[1];
        long expiry = Convert.ToInt64(query.Split("ksTime=")[1], 16);
        Assert.Equal(_account.Clock.GetUtcNow().AddDays(30).ToUnixTimeSeconds(), expiry);

        _account.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromTicks(1));
        Assert.Equal(200, Get(video).Status);
        _account.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(403, Get(video).Status);
    }

    [Fact]
    public void A_url_without_its_own_signature_is_403()
    {
        (_, string videoId, JsonElement video) = _account.Parent();
        (_, _, JsonElement other) = _account.Parent();
        string path = PathOf(video);

        Assert.Equal(403, _account.Send("GET", path.Split('?')[0]).Status);
        Assert.Equal(403, _account.Send("GET", path[..^1]).Status);
        Assert.Equal(403, _account.Send("GET", $"/videos/{videoId}.mp4?{PathOf(other).Split('?')[1]}").Status);
        Assert.Equal(403, _account.Send("GET", "/videos/1.mp4").Status);
    }

    [Fact]
    public void Videos_are_below_the_public_base_uri()
    {
        SandboxAccount account = new(options => options.PublicBaseUri = new Uri("http://127.0.0.1:8080/cdn/"));
        (_, string videoId, JsonElement video) = account.Parent();

        Assert.StartsWith(
            $"http://127.0.0.1:8080/cdn/videos/{videoId}.mp4?x-kcdn-pid=sandbox&ksSecret=",
            video.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, account.Send("GET", PathOf(video)).Status);
    }

    private static string PathOf(JsonElement video) => new Uri(video.GetProperty("url").GetString()!).PathAndQuery;

    private static uint Read(byte[] file, string box, int offset) => BinaryPrimitives.ReadUInt32BigEndian(
        file.AsSpan(file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(box)) + offset));

    private SandboxResponse Get(JsonElement video, params (string Name, string Value)[] headers) =>
        _account.Send("GET", PathOf(video), "", headers);
}
