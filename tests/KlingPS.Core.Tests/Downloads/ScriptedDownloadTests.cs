using System.Net;
using KlingPS.Core.Tests.Transport;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>Answers of a video host that no honest server gives.</summary>
[Collection(nameof(VirtualTime))]
public sealed class ScriptedDownloadTests : IDisposable
{
    private static readonly Uri Address = new("https://cdn.test/v.mp4?ksSecret=s");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("klingps-tests-");
    private readonly KlingVideo _video = new() { VideoId = "2", TaskId = "1", Url = Address };

    [Theory]
    [InlineData("http://cdn.test/v.mp4")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://cdn.test/v.mp4")]
    public async Task A_redirect_to_something_less_safe_is_refused(string location)
    {
        using VirtualCall call = VirtualCall.Hurried(Redirect(location));

        Assert.Equal("UnexpectedResponse", (await FailAsync(call)).ErrorId);
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [InlineData("https://edge.test/v.mp4?sig=1", "https://edge.test/v.mp4?sig=1")]
    [InlineData("/other.mp4", "https://cdn.test/other.mp4")]
    public async Task A_redirect_to_another_place_is_followed_without_the_key(string location, string reached)
    {
        using VirtualCall call = VirtualCall.Hurried(Redirect(location), ScriptedHandler.Answer(200, "video"));

        await SaveAsync(call);

        Assert.Equal(reached, call.Handler.Seen[1].Address.AbsoluteUri);
        Assert.All(call.Handler.Seen, seen => Assert.Null(seen.Authorization));
        Assert.Equal("video", await File.ReadAllTextAsync(Target, Token));
    }

    [Fact]
    public async Task Redirects_without_end_are_not_followed_for_ever()
    {
        using VirtualCall call = VirtualCall.Hurried(Redirect("https://cdn.test/again.mp4"));

        Assert.Equal("UnexpectedResponse", (await FailAsync(call)).ErrorId);
        Assert.InRange(call.Handler.Seen.Count, 2, 10);
    }

    [Fact]
    public async Task A_redirect_to_an_address_that_is_none_is_an_unexpected_answer()
    {
        using VirtualCall call = VirtualCall.Hurried(Redirect("//"));

        Assert.Equal("UnexpectedResponse", (await FailAsync(call)).ErrorId);
    }

    [Fact]
    public async Task Fewer_bytes_than_announced_are_asked_for_again()
    {
        using VirtualCall call = VirtualCall.Hurried(Sized("vid", 5));

        Assert.Equal("DownloadIncomplete", (await FailAsync(call)).ErrorId);
        Assert.Equal(3, call.Handler.Seen.Count);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_compressed_answer_is_not_saved()
    {
        ScriptedHandler.Step compressed = async (request, token) =>
        {
            HttpResponseMessage response = await ScriptedHandler.Answer(200, "video")(request, token);
            response.Content.Headers.ContentEncoding.Add("gzip");
            return response;
        };
        using VirtualCall call = VirtualCall.Hurried(compressed);

        Assert.Equal("UnexpectedResponse", (await FailAsync(call)).ErrorId);
    }

    [Theory]
    [InlineData("40")]
    [InlineData("Sun, 01 Mar 2026 12:00:40 GMT")]
    public async Task A_pause_asked_for_is_the_least_that_is_kept(string retryAfter)
    {
        using VirtualCall call = VirtualCall.Hurried(
            ScriptedHandler.Answer(503, "", ("Retry-After", retryAfter)), ScriptedHandler.Answer(200, "video"));

        await SaveAsync(call);

        Assert.InRange(call.SentAt[1], 40, 42);
    }

    [Theory]
    [InlineData(429, "RateLimited")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task A_pause_beyond_all_sense_is_not_kept_but_told(int status, string id)
    {
        using VirtualCall call = VirtualCall.Hurried(ScriptedHandler.Answer(status, "", ("Retry-After", "2147483647")));

        KlingException error = await FailAsync(call).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.Equal(id, error.ErrorId);
        Assert.Contains("asks for a pause of 2147483647 s", error.WhatHappened, StringComparison.Ordinal);
        Assert.Single(call.Handler.Seen);
    }

    [Theory]
    [InlineData(1, 1, "RequestTimeout")]
    [InlineData(15, 1, "RequestTimeout")]
    [InlineData(1000, 59, "RequestTimeout")]
    [InlineData(20, 1, "DownloadIncomplete")]
    [InlineData(1100, 59, "DownloadIncomplete")]
    public async Task Less_than_a_kilobyte_a_minute_is_a_stall(int bytes, int everySeconds, string id)
    {
        VirtualCall? call = null;
        using Trickle body = new(bytes, () => call!.Clock.Advance(TimeSpan.FromSeconds(everySeconds)));
        using VirtualCall made = call = new(settings => settings with { MaxRetryCount = 0 }, (_, _) =>
        {
            HttpResponseMessage response = new() { Content = new StreamContent(body) };
            response.Content.Headers.ContentLength = 1_000_000;
            return Task.FromResult(response);
        });

        Assert.Equal(id, (await FailAsync(call)).ErrorId);
    }

    [Fact]
    public async Task The_pause_before_it_is_asked_again_passes_on_the_clock_of_the_connection_only()
    {
        using VirtualCall call = new(ScriptedHandler.Answer(503, ""), ScriptedHandler.Answer(200, "video"));

        Task saved = SaveAsync(call);
        call.Clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Single(call.Handler.Seen);
        call.Clock.Advance(TimeSpan.FromSeconds(1.2));
        Assert.Equal(2, call.Handler.Seen.Count);

        await saved;
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(204)]
    [InlineData(206)]
    public async Task An_answer_that_is_no_file_is_not_asked_for_again(int status)
    {
        using VirtualCall call = VirtualCall.Hurried(ScriptedHandler.Answer(status, "x"));

        Assert.Equal("UnexpectedResponse", (await FailAsync(call)).ErrorId);
        Assert.Single(call.Handler.Seen);
        Assert.Empty(_folder.GetFiles());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Target => Path.Combine(_folder.FullName, "video.mp4");

    private static ScriptedHandler.Step Redirect(string location) =>
        ScriptedHandler.Answer((int)HttpStatusCode.Found, "", ("Location", location));

    private static ScriptedHandler.Step Sized(string body, long announced) => async (request, token) =>
    {
        HttpResponseMessage response = await ScriptedHandler.Answer(200, body)(request, token);
        response.Content.Headers.ContentLength = announced;
        return response;
    };

    /// <summary>A body that comes in small pieces, each after some time, and breaks off after a few minutes.</summary>
    private sealed class Trickle(int bytes, Action pass) : MemoryStream
    {
        private int _left = 300;

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            pass();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(_left-- > 0 ? bytes : 0);
        }
    }

    private Task<KlingException> FailAsync(VirtualCall call) =>
        Assert.ThrowsAsync<KlingException>(() => SaveAsync(call));

    private Task SaveAsync(VirtualCall call, SaveOptions? options = null) =>
        call.Client.SaveAsync(_video, Target, options ?? new SaveOptions(), Token);
}
