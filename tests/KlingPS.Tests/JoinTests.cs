using System.Diagnostics;
using KlingPS.Clips;

namespace KlingPS.Tests;

/// <summary>Clips become one file through the user's ffmpeg, whole or not at all.</summary>
[Collection(nameof(Unobserved))]
public sealed class JoinTests : IDisposable
{
    private const string NeedsFfmpeg = "ffmpeg is not installed here.";

    private readonly TempFolder _folder = new();
    private readonly Shell _shell = Shell.OnSandbox();

    public JoinTests() => _shell.Set("out", _folder.Path);

    public static bool HasFfmpeg { get; } = Find() is not null;

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    [Fact(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    public async Task Saved_clips_become_one_as_long_as_all_by_copying()
    {
        Result result = _shell.Run(
            "1..3 | ForEach-Object { New-KlingVideo \"p$_\" -Duration 10 } | Wait-KlingTask | "
                + "Save-KlingVideo $out | Join-KlingVideo -Destination $out/new/all.mp4 -Verbose").Clean();

        PSObject file = Assert.Single(result.Output);
        Assert.Equal(_folder.File("new/all.mp4"), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.Null(file.Properties["VideoName"].Value);
        Assert.Contains(result.Verbose, line => line.Contains("copied", StringComparison.Ordinal));
        Assert.Equal(30, await Clip.SecondsAsync(_folder.File("new/all.mp4")), 0.2);
        Assert.Equal(["all.mp4"], Directory.GetFileSystemEntries(_folder.File("new")).Select(Path.GetFileName));
    }

    [Fact(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    public void The_name_that_all_clips_share_is_the_name_of_the_whole()
    {
        Result result = _shell.Run(
            "$a = New-KlingVideo a -Name harbour | Wait-KlingTask; "
                + "$a | Save-KlingVideo $out/1.mp4; $a | Save-KlingVideo $out/2.mp4").Clean();
        _shell.Set("files", result.Output);
        Assert.Equal(
            "harbour",
            _shell.Run("$files | Join-KlingVideo -Destination $out/all.mp4").Clean().Output[0]
                .Properties["VideoName"].Value);
    }

    [Fact(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    public async Task Clips_that_differ_are_encoded_to_the_size_of_the_first()
    {
        await Clip.MakeAsync(_folder.File("1.mp4"), "testsrc=s=320x180:r=24:d=2", "sine=d=2");
        await Clip.MakeAsync(_folder.File("2.mp4"), "testsrc=s=180x320:r=30:d=3", null);
        Result result = _shell.Run("Join-KlingVideo $out/*.mp4 $out/all.mp4 -Verbose").Clean();

        Assert.Contains(result.Verbose, line => line.Contains("encoded", StringComparison.Ordinal));
        Assert.Equal(5, await Clip.SecondsAsync(_folder.File("all.mp4")), 0.2);
        Assert.Equal("320,180", await Clip.ProbeAsync(_folder.File("all.mp4"), "stream=width,height"));
    }

    [Theory(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    [InlineData("-y.mp4")]
    [InlineData("it's 'one' \"two\".mp4")]
    [InlineData("a[1]*?.mp4")]
    [InlineData("%d %03d.mp4")]
    [InlineData("concat:a|b.mp4")]
    [InlineData("$(id) `id` ; #\u00e9\u8a9e.mp4")]
    public async Task A_name_is_a_name_whatever_it_looks_like(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        await Clip.MakeAsync(_folder.File("plain.mp4"), "testsrc=s=320x180:r=10:d=1", null);
        File.Copy(_folder.File("plain.mp4"), _folder.File(name));
        _shell.Set("name", name);
        _shell.Run("[void]$ExecutionContext.SessionState.Path.SetLocation($out)").Clean();
        _shell.Run("Join-KlingVideo \"./$name\", plain.mp4 \"./to $name\"").Clean();
        _shell.Set("files", new DirectoryInfo(_folder.Path).GetFiles());
        _shell.Run("$files | Join-KlingVideo -Destination three.mp4").Clean();

        Assert.Equal(2, await Clip.SecondsAsync(_folder.File("to " + name)), 0.2);
        Assert.Equal(4, await Clip.SecondsAsync(_folder.File("three.mp4")), 0.2);
        Assert.Equal(4, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Theory(Skip = NeedsFfmpeg, SkipUnless = nameof(HasFfmpeg))]
    [InlineData("not a video", "JoinFailed")]
    [InlineData("", "JoinFailed")]
    [InlineData("ffconcat version 1.0\nfile 'good.mp4'\n", "JoinFailed")]
    [InlineData("#EXTM3U\n#EXTINF:1,\ngood.mp4\n", "JoinFailed")]
    [InlineData(null, "JoinFailed")]
    public async Task A_clip_that_is_none_leaves_what_is_there(string? content, string error)
    {
        await Clip.MakeAsync(_folder.File("good.mp4"), "testsrc=s=320x180:r=10:d=1", null);
        await File.WriteAllTextAsync(_folder.File("all.mp4"), "old", TestContext.Current.CancellationToken);
        if (content is not null)
        {
            await File.WriteAllTextAsync(_folder.File("bad.mp4"), content, TestContext.Current.CancellationToken);
        }

        string[] before = Directory.GetFileSystemEntries(_folder.Path);
        Result result = _shell.Run("Join-KlingVideo $out/good.mp4, $out/bad.mp4 $out/all.mp4 -Force");
        Assert.Equal([error], result.ErrorIds);
        Assert.Contains("bad.mp4", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("old", await File.ReadAllTextAsync(
            _folder.File("all.mp4"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Join-KlingVideo", "InvalidRequest")]
    [InlineData("Join-KlingVideo $out/1.mp4", "InvalidRequest")]
    [InlineData("Join-KlingVideo $out/1.mp4 $out/all", "InvalidRequest")]
    [InlineData("Join-KlingVideo $out/1.mp4 $out/all.webm", "InvalidRequest")]
    [InlineData("Join-KlingVideo $out/1.mp4, $out/2.mp4 $out/x/../2.mp4 -Force", "InvalidRequest")]
    [InlineData("Join-KlingVideo \"a`nb.mp4\" $out/all.mp4", "JoinFailed")]
    [InlineData("Join-KlingVideo $out/1.mp4 $out/2.mp4", "FileExists")]
    public void What_cannot_be_meant_is_refused_before_ffmpeg_is_looked_for(string line, string error)
    {
        File.WriteAllText(_folder.File("2.mp4"), "");
        Assert.Equal([error], _shell.Run(line).ErrorIds);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Without_ffmpeg_the_error_says_how_to_get_it()
    {
        File.WriteAllText(_folder.File("1.mp4"), "");
        Environment.SetEnvironmentVariable(Ffmpeg.Variable, _folder.File("none"));
        try
        {
            Result result = _shell.Run("Join-KlingVideo $out/1.mp4 $out/all.mp4");
            Assert.Equal(["FfmpegNotFound"], result.ErrorIds);
            Assert.Contains("install", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.Empty(_shell.Run("Join-KlingVideo $out/1.mp4 $out/all.mp4 -WhatIf").Errors);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Ffmpeg.Variable, null);
        }
    }

    [Fact]
    public async Task A_stopped_command_ends_ffmpeg_and_what_it_has_started()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The stand-in for ffmpeg is a shell script.");
            return;
        }

        await File.WriteAllTextAsync(_folder.File("1.mp4"), "x", TestContext.Current.CancellationToken);
        string script = _folder.File("ffmpeg");
        await File.WriteAllTextAsync(
            script,
            $"#!/bin/sh\nsleep 600 &\necho $! > '{_folder.Path}/pid.new'\nmv '{_folder.Path}/pid.new' "
                + $"'{_folder.Path}/pid'\nwait\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using FileSystemWatcher watcher = new(_folder.Path, "pid");
        TaskCompletionSource<bool> begun = new();
        watcher.Renamed += (_, _) => begun.TrySetResult(true);
        watcher.EnableRaisingEvents = true;
        Environment.SetEnvironmentVariable(Ffmpeg.Variable, script);
        try
        {
            using PowerShell shell = _shell.Script("Join-KlingVideo $out/1.mp4 $out/all.mp4");
            Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await shell.StopAsync(null, null);
            await Assert.ThrowsAnyAsync<Exception>(() => running);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Ffmpeg.Variable, null);
        }

        int child = int.Parse(
            await File.ReadAllTextAsync(_folder.File("pid"), TestContext.Current.CancellationToken),
            CultureInfo.InvariantCulture);
        Assert.True(HasEnded(child), $"Process {child} still runs.");
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    private static bool HasEnded(int id)
    {
        try
        {
            // Nobody waits for a grandchild, so it may stay a zombie.
            using Process process = Process.GetProcessById(id);
            return process.HasExited
                || File.ReadAllText($"/proc/{id}/stat").Contains(") Z", StringComparison.Ordinal)
                || process.WaitForExit(10_000);
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
        {
            return true;
        }
    }

    private static Ffmpeg? Find()
    {
        try
        {
            return Ffmpeg.Find();
        }
        catch (KlingException)
        {
            return null;
        }
    }
}

/// <summary>Clips as ffmpeg itself makes and measures them.</summary>
internal static class Clip
{
    internal static async Task MakeAsync(string path, string picture, string? sound) => await RunAsync(
        "ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", picture, .. (string[])(sound is null ? [] : ["-f", "lavfi", "-i", sound]),
            "-pix_fmt", "yuv420p", "file:" + path]);

    internal static async Task<double> SecondsAsync(string path) =>
        double.Parse(await ProbeAsync(path, "format=duration"), CultureInfo.InvariantCulture);

    internal static Task<string> ProbeAsync(string path, string entries) => RunAsync(
        "ffprobe", ["-v", "error", "-show_entries", entries, "-of", "csv=p=0", "file:" + path]);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }
}
