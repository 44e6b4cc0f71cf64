using KlingPS.Downloads;
using KlingPS.Core.Tests.Support;

namespace KlingPS.Core.Tests.Downloads;

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
    public async Task A_link_at_the_partial_file_that_points_nowhere_makes_nothing_there()
    {
        string nowhere = Path.Combine(Path.GetDirectoryName(Target)!, "nowhere");
        File.CreateSymbolicLink(Partial, nowhere);

        await SaveAsync();

        Assert.False(File.Exists(nowhere));
        await AssertSavedAsync();
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
        try
        {
            File.CreateSymbolicLink(link, precious);
        }
        catch (IOException e) when (OperatingSystem.IsWindows())
        {
            Assert.Skip($"Links cannot be made here: {e.Message}");
        }

        return precious;
    }
}
