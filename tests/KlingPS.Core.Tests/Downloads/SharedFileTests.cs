using System.Net;
using KlingPS.Core.Tests.Transport;
using KlingPS.Core.Tests.Support;
using KlingPS.Downloads;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>Of two that save one video at the same time, one has the file until it has its name.</summary>
public sealed class SharedFileTests : DownloadTest
{
    [Fact]
    public async Task Between_the_last_byte_and_the_name_nobody_else_can_begin()
    {
        using HeldEnd end = new(Whole);
        using VirtualCall first = VirtualCall.Hurried(end.Answer);
        Task saved = Task.Run(() => first.Client.SaveAsync(Video, Target, new SaveOptions(), Token), Token);
        await end.Reached.WaitAsync(Token);

        TaskCompletionSource half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using HeldEnd other = new(Whole[..500]);
        using VirtualCall second = new(settings => settings with { MaxRetryCount = 0 }, other.AnswerOf(Whole.Length));
        SaveOptions options = new() { Received = _ => half.TrySetResult() };
        Task refused = Task.Run(() => second.Client.SaveAsync(Video, Target, options, Token), Token);
        await Task.WhenAny(refused, half.Task).WaitAsync(Token);
        end.Release();
        other.Release();

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => refused);
        Assert.Equal(
            ("FileNotWritable", $"The file '{Target}' could not be written: another command is saving it."),
            (error.ErrorId, error.WhatHappened));
        await saved;
        await AssertSavedAsync();
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task So_it_is_between_two_processes()
    {
        using HeldEnd end = new(Whole);
        using VirtualCall first = VirtualCall.Hurried(end.Answer);
        Task saved = Task.Run(() => first.Client.SaveAsync(Video, Target, new SaveOptions(), Token), Token);
        await end.Reached.WaitAsync(Token);

        using CrashProcess process = new("save", Video.Url!.AbsoluteUri, Target);
        string? told = await process.LastLineAsync(Token);
        end.Release();

        Assert.Equal(
            $"failed FileNotWritable: The file '{Target}' could not be written: another command is saving it.",
            told);
        await saved;
        await AssertSavedAsync();
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task Who_comes_when_it_has_its_name_asks_for_nothing()
    {
        await SaveAsync();

        Assert.Equal("FileExists", (await FailToSaveAsync()).ErrorId);

        Assert.Single(Downloads);
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task A_file_that_took_the_name_meanwhile_is_left_as_it_is()
    {
        SaveOptions options = new() { Received = _ => File.WriteAllText(Target, "mine") };

        KlingException error = await Assert.ThrowsAsync<KlingException>(
            () => Client.SaveAsync(Video, Target, options, Token));

        Assert.Equal("FileExists", error.ErrorId);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, Token));
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task A_tag_that_was_deleted_is_no_lock_for_who_had_opened_it_before()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no ln, and nobody else can open it while it is locked.");
        string opened = Target + ".opened";
        bool isOpened = false;
        SaveOptions options = new()
        {
            Received = _ =>
            {
                if (!isOpened)
                {
                    isOpened = true;
                    UnixTool.RunAsync(Token, "ln", Partial + ".tag", opened).Wait(Token);
                }
            },
        };
        await Client.SaveAsync(Video, Target, options, Token);

        // Its second name stands for the handle of another command, which opened it just before.
        File.Move(opened, Partial + ".tag");

        await Assert.ThrowsAsync<KlingException>(() => SaveAsync(overwrite: true));
        await AssertSavedAsync();
        Assert.Single(Downloads);
    }

    /// <summary>A body that is whole, and whose reader is then held until the test lets it go.</summary>
    private sealed class HeldEnd(byte[] body) : MemoryStream(body)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        internal Task Reached => _reached.Task;

        internal ScriptedHandler.Step Answer => AnswerOf(Length);

        internal ScriptedHandler.Step AnswerOf(long announced) => (_, _) =>
        {
            HttpResponseMessage response = new(HttpStatusCode.OK) { Content = new StreamContent(this) };
            response.Content.Headers.ContentLength = announced;
            return Task.FromResult(response);
        };

        internal void Release() => _gate.Set();

        protected override void Dispose(bool disposing)
        {
            if (_reached.TrySetResult())
            {
                _gate.Wait(Token);
            }

            base.Dispose(disposing);
        }
    }
}
