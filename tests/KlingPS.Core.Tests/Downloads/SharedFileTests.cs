using System.Net;
using KlingPS.Core.Tests.Transport;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>Of two that save one video at the same time, one has the file until it has its name.</summary>
public sealed class SharedFileTests : DownloadTest
{
    [Fact]
    public async Task Nobody_else_can_begin_between_the_last_byte_and_the_rename()
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
    public async Task Between_two_processes_only_one_saves_a_file_at_a_time()
    {
        using HeldEnd end = new(Whole);
        using VirtualCall first = VirtualCall.Hurried(end.Answer);
        Task saved = Task.Run(() => first.Client.SaveAsync(Video, Target, new SaveOptions(), Token), Token);
        await end.Reached.WaitAsync(Token);

        using CrashProcess process = new("save", Video.Url!.AbsoluteUri, Target);
        string? told = await process.LastLineAsync(Token);
        end.Release();

        Assert.Equal(
            $"failed FileNotWritable: The file '{Target}' could not be written: another command is saving it.", told);
        await saved;
        await AssertSavedAsync();
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task A_file_that_is_already_saved_is_not_asked_for_again()
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
    public async Task A_deleted_tag_file_that_was_opened_before_is_no_lock()
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

/// <summary>What somebody else puts where a download keeps its files is neither followed nor waited for.</summary>
public sealed class PlantedFileTests : DownloadTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_at_the_partial_file_is_replaced_and_never_followed(bool canBeContinued)
    {
        string precious = await PlantAsync(Partial);
        if (canBeContinued)
        {
            await File.WriteAllTextAsync(Partial + ".tag", $"\"{Video.VideoId}\"", Token);
        }

        await SaveAsync();

        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
        Assert.Null(new FileInfo(Target).LinkTarget);
        await AssertSavedAsync();
        Assert.Equal(["precious", "video.mp4"], Files);
    }

    [Fact]
    public async Task A_second_name_of_another_file_is_not_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no ln.");
        string precious = Path.Combine(Path.GetDirectoryName(Target)!, "precious");
        await File.WriteAllTextAsync(precious, "precious", Token);
        await UnixTool.RunAsync(Token, "ln", precious, Partial);

        await SaveAsync();

        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_link_at_the_tag_is_an_error_that_names_it_and_never_followed()
    {
        string precious = await PlantAsync(Partial + ".tag");

        KlingException error = await FailToSaveAsync();

        Assert.Equal("FileNotWritable", error.ErrorId);
        Assert.Contains($"'{Partial}.tag' is a link", error.WhatHappened, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
        Assert.Empty(Downloads);
    }

    [Fact]
    public async Task A_link_at_the_file_itself_is_replaced_when_asked_to_and_never_followed()
    {
        string precious = await PlantAsync(Target);

        await SaveAsync(overwrite: true);

        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
        Assert.Null(new FileInfo(Target).LinkTarget);
        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_folder_that_is_a_link_is_written_to()
    {
        string folder = Path.GetDirectoryName(Target)!;
        string link = folder + "-link";
        Directory.CreateSymbolicLink(link, folder);
        try
        {
            await SaveAsync(path: Path.Combine(link, "video.mp4"));
        }
        finally
        {
            Directory.Delete(link);
        }

        await AssertSavedAsync();
    }

    [Fact]
    public async Task A_pipe_at_the_partial_file_is_replaced_and_not_waited_for()
    {
        await UnixTool.MakePipeAsync(Partial, Token);

        await InTimeAsync(() => SaveAsync());

        await AssertSavedAsync();
        Assert.Equal(["video.mp4"], Files);
    }

    [Fact]
    public async Task A_pipe_at_the_tag_is_an_error_that_names_it_and_not_waited_for()
    {
        await UnixTool.MakePipeAsync(Partial + ".tag", Token);
        await File.WriteAllTextAsync(Partial, "x", Token);

        KlingException error = await Assert.ThrowsAsync<KlingException>(() => InTimeAsync(() => SaveAsync()));

        Assert.Equal("FileNotWritable", error.ErrorId);
        Assert.Contains($"'{Partial}.tag' is not a regular file", error.WhatHappened, StringComparison.Ordinal);
        Assert.Empty(Downloads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_at_the_file_itself_is_never_opened(bool overwrite)
    {
        await UnixTool.MakePipeAsync(Target, Token);

        if (overwrite)
        {
            await InTimeAsync(() => SaveAsync(overwrite: true));
            await AssertSavedAsync();
        }
        else
        {
            KlingException error = await Assert.ThrowsAsync<KlingException>(() => InTimeAsync(() => SaveAsync()));
            Assert.Equal("FileExists", error.ErrorId);
        }
    }

    [Fact]
    public async Task A_tag_without_end_is_no_tag()
    {
        await File.WriteAllTextAsync(Partial, "x", Token);
        await File.WriteAllTextAsync(Partial + ".tag", $"\"{new string('x', 1_000_000)}\"", Token);

        await SaveAsync();

        await AssertSavedAsync();
        Assert.False(Downloads.Single().Headers.ContainsKey("Range"));
    }

    private static Task InTimeAsync(Func<Task> save) =>
        Task.Run(save, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);

    private async Task<string> PlantAsync(string link)
    {
        string precious = Path.Combine(Path.GetDirectoryName(Target)!, "precious");
        await File.WriteAllTextAsync(precious, "precious", Token);
        UnixTool.MakeLink(link, precious);

        return precious;
    }
}

/// <summary>A disk that does not take the file is an error that says so, and costs nothing that had arrived.</summary>
public sealed class FileFailureTests : DownloadTest
{
    [Theory]
    [InlineData(28, "the disk is full")]
    [InlineData(unchecked((int)0x80070070), "the disk is full")]
    [InlineData(unchecked((int)0x80070027), "the disk is full")]
    [InlineData(122, "the user's disk quota is exhausted")]
    [InlineData(69, "the user's disk quota is exhausted")]
    [InlineData(unchecked((int)0x8007050F), "the user's disk quota is exhausted")]
    [InlineData(unchecked((int)0x800700DF), "the file system does not allow a file of that size")]
    [InlineData(30, "the file system is read-only")]
    [InlineData(unchecked((int)0x80070013), "the file system is read-only")]
    [InlineData(5, "as the system says")]
    public void What_the_system_calls_a_number_is_said_in_words(int code, string reason)
    {
        KlingException error = DownloadErrors.NotWritable("/out/v.mp4", new IOException("as the system says.", code));

        Assert.Equal($"The file '/out/v.mp4' could not be written: {reason}.", error.WhatHappened);
        Assert.Equal(("FileNotWritable", SubmissionOutcome.Created), (error.ErrorId, error.Submission));
        Assert.Contains("free space", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fitted_on_the_disk_is_continued_once_there_is_room()
    {
        const int Block = 512;

        // Windows gives no process less room than there is; there a connection that breaks off leaves the same.
        if (OperatingSystem.IsWindows())
        {
            await SavePartlyAsync(Block);
        }
        else
        {
            Assert.Equal(
                $"failed FileNotWritable: The file '{Target}' could not be written: the file system does not allow a "
                    + "file of that size.",
                await SaveWithRoomForAsync(1));
        }

        Assert.Equal(Block, new FileInfo(Partial).Length);
        await SaveAsync();
        await AssertSavedAsync();
        Assert.Equal($"bytes={Block}-", Downloads.Last().Headers["Range"]);
    }

    [Theory]
    [InlineData(".partial")]
    [InlineData(".partial.tag")]
    public async Task A_folder_in_the_place_of_a_file_that_is_needed_is_an_error_that_is_not_tried_again(string ending)
    {
        Directory.CreateDirectory(Target + ending);

        KlingException error = await FailToSaveAsync();

        Assert.Equal("FileNotWritable", error.ErrorId);
        Assert.Contains(Target, error.Message, StringComparison.Ordinal);
        Assert.InRange(Downloads.Count(), 0, 1);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_partial_file_that_another_command_writes_is_left_to_it()
    {
        await using FileStream other = new(Partial + ".tag", FileMode.Create, FileAccess.Write, FileShare.None);
        await File.WriteAllTextAsync(Partial, "theirs", Token);

        Assert.Equal("FileNotWritable", (await FailToSaveAsync()).ErrorId);
        Assert.Equal("theirs", await File.ReadAllTextAsync(Partial, Token));
        Assert.Empty(Downloads);
    }

    private async Task<string?> SaveWithRoomForAsync(int blocks)
    {
        using CrashProcess process = CrashProcess.WithFileLimit(blocks, "save", Video.Url!.AbsoluteUri, Target);
        return await process.LastLineAsync(Token);
    }
}
