using System.Text.Json;

namespace KlingPS.Tests;

/// <summary>A save writes where it was told to, as much as it was told to, or says why not.</summary>
public sealed class SaveSafetyTests() : ShellTest("-MaxRetryCount 0")
{
    private const string Address = "/videos/hostile.mp4";

    public static TheoryData<string> Ids => [.. HostileIds.All];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _shell.Set("out", Out);
        _shell.Set("url", new Uri(_server.BaseUri, Address));
        Dictionary<string, string> headers = new() { ["Content-Type"] = "video/mp4" };
        _server.Inject(Fault.Respond(200, "video", headers).On("GET", Address).Always());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_video_of_any_id_lands_in_the_folder_it_was_to_go_to(string id)
    {
        string video = JsonSerializer.Serialize(new { id, url = _shell.Get("url") });
        string task = $$$"""{"task_id":"1","task_status":"succeed","task_result":{"videos":[{{{video}}}]}}""";
        _server.Inject(Fault.Respond(200, $$"""{"code":0,"data":{{task}}}""").On("GET", "/video-extend/"));
        AssertInFolder(_shell.Run("Get-KlingTask 1 | Save-KlingVideo -Destination $out"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_video_of_any_id_from_a_file_lands_in_the_folder_too(string id)
    {
        _shell.Set("id", id);
        AssertInFolder(_shell.Run(
            "[pscustomobject]@{ VideoId = $id; TaskId = $id; Url = $url } | Save-KlingVideo -Destination $out"));
    }

    [Fact]
    public void MaxBytes_is_the_largest_file_that_is_saved()
    {
        _shell.Run("$video = [pscustomobject]@{ VideoId = '1'; TaskId = '1'; Url = $url }").Clean();
        ErrorRecord error = Assert.Single(_shell.Run("$video | Save-KlingVideo -Destination $out -MaxBytes 4").Errors);
        Assert.Equal(
            ("VideoTooLarge", ErrorCategory.LimitsExceeded),
            (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
        Assert.Contains("-MaxBytes", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.IsType<KlingVideo>(error.TargetObject);
        Assert.Empty(Directory.GetFiles(Out));
        _shell.Run("$video | Save-KlingVideo -Destination $out -MaxBytes 5").Clean();
        Assert.Single(Directory.GetFiles(Out));
        Assert.Equal(
            ["ParameterArgumentValidationError"],
            _shell.Run("$video | Save-KlingVideo -Destination $out -MaxBytes 0").ErrorIds);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_an_error_that_names_it()
    {
        File.WriteAllText(_folder.File("file"), "");
        Directory.CreateDirectory(_folder.File("1.mp4.partial"));
        string[] places = [Path.Combine(_folder.File("file"), "below"), ReadOnlyPlace(), _folder.File("1.mp4")];
        foreach (string place in places)
        {
            _shell.Set("place", place);
            Result result = _shell.Run(
                "[pscustomobject]@{ VideoId = '1'; TaskId = '1'; Url = $url } | Save-KlingVideo -Destination $place");
            Assert.Equal(["FileNotWritable"], result.ErrorIds);
            Assert.Contains(place, result.Errors[0].ToString(), StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.WriteError, result.Errors[0].CategoryInfo.Category);
            Assert.Contains("rights", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_that_cannot_be_written_keeps_no_other_from_it()
    {
        Directory.CreateDirectory(Path.Combine(Out, "1.mp4.partial"));
        Result result = _shell.Run(
            "1, 2 | ForEach-Object { [pscustomobject]@{ VideoId = \"$_\"; TaskId = '1'; Url = $url } } | "
                + "Save-KlingVideo -Destination $out");
        Assert.Equal(["FileNotWritable"], result.ErrorIds);
        Assert.Equal("2.mp4", Assert.IsType<FileInfo>(result.Output.Single().BaseObject).Name);
    }

    private string Out => Path.Combine(_folder.Path, "the", "folder");

    // Modes do not keep root out; these places do. Elsewhere a file that stands where the folder would be does it.
    private string ReadOnlyPlace() =>
        OperatingSystem.IsLinux() && Directory.Exists("/sys/kernel") ? "/sys/kernel/klingps"
        : OperatingSystem.IsMacOS() ? "/System/klingps"
        : Path.Combine(_folder.File("file"), "too");

    private void AssertInFolder(Result result)
    {
        FileInfo saved = Assert.IsType<FileInfo>(result.Clean().Output.Single().BaseObject);
        Assert.Equal(Out, saved.DirectoryName);
        Assert.Matches(@"^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.mp4$", saved.Name);
        Assert.Equal([saved.FullName], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal("video", File.ReadAllText(saved.FullName));
    }
}
