using KlingPS.Downloads;
using KlingPS.TestServer;

namespace KlingPS.Core.Tests.Downloads;

/// <summary>A disk that does not take the file is an error that says so, and costs nothing that had arrived.</summary>
public sealed class FileFailureTests : DownloadTest
{
    [Theory]
    [InlineData(28, "the disk is full")]
    [InlineData(unchecked((int)0x80070070), "the disk is full")]
    [InlineData(unchecked((int)0x80070027), "the disk is full")]
    [InlineData(122, "the user's quota on the disk is used up")]
    [InlineData(69, "the user's quota on the disk is used up")]
    [InlineData(unchecked((int)0x8007050F), "the user's quota on the disk is used up")]
    [InlineData(unchecked((int)0x800700DF), "the file system takes no file of that size")]
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
                $"failed FileNotWritable: The file '{Target}' could not be written: the file system takes no file of that size.",
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
