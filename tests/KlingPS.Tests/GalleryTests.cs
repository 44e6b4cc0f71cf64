using System.Text.RegularExpressions;

namespace KlingPS.Tests;

/// <summary>What is saved, and what became of the rest, is one page beside the files.</summary>
public sealed class GalleryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Shell _shell = Shell.OnSandbox();

    public GalleryTests()
    {
        _shell.Set("out", _folder.Path);
        _shell.Run("""
            $null = $ExecutionContext.SessionState.Path.SetLocation($out)
            $first = New-KlingVideo 'A harbour' -Model kling-v1-6 -Name harbour | Wait-KlingTask
            $second = $first | New-KlingExtension -Prompt 'The sun' | Wait-KlingTask
            $other = New-KlingVideo 'Two foxes' -Model kling-v1 | Wait-KlingTask
            $failed = New-KlingVideo 'A crowd [sandbox:fail]' | Wait-KlingTask -IncludeFailed
            """).Clean();
    }

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Saved_videos_are_shown_with_all_that_is_known_of_them()
    {
        Result result = _shell.Run(
            "$other, $second, $first | Save-KlingVideo ./out | Export-KlingGallery ./out").Clean();

        Assert.Empty(result.Output);
        string page = Page();
        Assert.Equal(
            ["harbour.mp4", "harbour-02.mp4", $"{Task("other").VideoId}.mp4"], Addresses(page));
        Assert.Contains("<h2 dir=\"auto\">harbour <span>2 parts</span></h2>", page, StringComparison.Ordinal);
        Assert.Contains("<h2 dir=\"auto\">Two foxes</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<span>kling-v1</span><span>5 s</span>", page, StringComparison.Ordinal);
        string expires = Task("other").ExpiresAt!.Value.ToUniversalTime().ToString(
            "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        Assert.Contains($"{expires} UTC", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("live")]
    [InlineData("CliXml")]
    [InlineData("JSON")]
    [InlineData("CSV")]
    public void Tasks_and_rows_find_what_was_saved_beside_the_page_and_failures_say_why(string shape)
    {
        _shell.Run("$first, $second | Save-KlingVideo ./out; $other | Save-KlingVideo ./out/deep/er.mp4").Clean();
        KlingTask[] tasks = [Task("first"), Task("second"), Task("other"), Task("failed")];
        _shell.Set("tasks", Array.ConvertAll(tasks, task => shape switch
        {
            "CliXml" => PSSerializer.Deserialize(PSSerializer.Serialize(task)),
            "JSON" => Shapes.FromJson(task, nested: true),
            "CSV" => Shapes.FromCsv(task),
            _ => task,
        }));
        Result result = _shell.Run("$tasks | Export-KlingGallery -Path ./out -Title Harbours -PassThru");

        Assert.Equal(
            _folder.File("out/index.html"),
            Assert.IsType<FileInfo>(Assert.Single(result.Clean().Output).BaseObject).FullName);
        string page = Page();
        Assert.Equal(["harbour.mp4", "harbour-02.mp4", "deep/er.mp4"], Addresses(page));
        Assert.Contains("risk control", page, StringComparison.Ordinal);
        Assert.Contains("<h1 dir=\"auto\">Harbours</h1>", page, StringComparison.Ordinal);
        Assert.Contains("4 videos, 1 chain, 1 failed", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_from_the_folder_is_known_by_the_journal_and_any_other_by_its_name()
    {
        _shell.Run("$first | Save-KlingVideo ./out").Clean();
        File.WriteAllText(_folder.File("out/mine.mp4"), "x");
        File.WriteAllText(_folder.File("out/notes.txt"), "x");
        _shell.Set("files", new DirectoryInfo(_folder.File("out")).GetFileSystemInfos());
        Result result = _shell.Run("$files | Export-KlingGallery ./out -Verbose").Clean();

        Assert.Contains(result.Verbose, line => line.Contains("notes.txt", StringComparison.Ordinal));
        string page = Page();
        Assert.Equal(["harbour.mp4", "mine.mp4"], Addresses(page).Order(StringComparer.Ordinal));
        Assert.Contains($"Task {Task("first").TaskId}", page, StringComparison.Ordinal);
        Assert.Contains("<h2 dir=\"auto\">mine</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_video_under_the_usual_name_is_not_taken_for_it()
    {
        _shell.Run("$other | Save-KlingVideo ./out/harbour.mp4; $first | Save-KlingVideo ./outside").Clean();
        _shell.Run("$first | Export-KlingGallery ./out").Clean();
        Assert.Empty(Addresses(Page()));
        Assert.Contains("Not saved here.", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_shows_its_prompt_and_neither_it_nor_a_title_is_markup()
    {
        _shell.Run("""
            $prompt = "<b>A harbour</b>`nat dawn & <script>alert(1)</script>"
            $first.PSObject.Properties.Add([psnoteproperty]::new('Prompt', $prompt))
            $first | Export-KlingGallery ./out -Title '</title><script>alert(2)</script>'
            """).Clean();
        string page = Page();
        Assert.Contains(
            "<p class=\"prompt\" dir=\"auto\">&lt;b&gt;A harbour&lt;/b&gt;\nat dawn &amp; &lt;script&gt;",
            page,
            StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "<script"));
    }

    [Fact]
    public void A_page_that_is_passed_on_holds_neither_the_key_nor_a_signed_query()
    {
        _shell.Run(
            "$secret = 'sk-0123456789abcdefWXYZ https://h.test/v?ksSecret=abc'; "
                + "Connect-Kling -ApiKey sk-0123456789abcdefWXYZ -BaseUri http://127.0.0.1:9/; "
                + "[pscustomobject]@{ TaskId = '1'; Status = 'Failed'; Name = $secret; StatusMessage = $secret; "
                + "Prompt = $secret; Model = $secret } | Export-KlingGallery ./out -Title $secret").Clean();
        string page = Page();
        Assert.Contains("[key]", page, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ksSecret=abc", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_tasks_without_an_id_are_two_cards_and_an_older_look_at_a_task_is_none()
    {
        _shell.Run(
            "$rows = 'a', 'b' | ForEach-Object { [pscustomobject]@{ TaskId = ''; Status = 'Failed'; Name = $_ } }; "
                + "$old = [pscustomobject]@{ TaskId = $first.TaskId; Status = 'Submitted' }; "
                + "@($rows; $first; $old) | Export-KlingGallery ./out").Clean();
        Assert.Contains("3 videos", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_for_two_videos_is_shown_for_neither()
    {
        Directory.CreateDirectory(_folder.File("out"));
        File.WriteAllText(_folder.File("out/h.mp4"), "x");
        _shell.Run(
            "'1', '2' | ForEach-Object { [pscustomobject]@{ TaskId = $_; VideoId = \"1$_\"; Status = 'Succeeded'; "
                + "Name = 'h' } } | Export-KlingGallery ./out").Clean();
        Assert.Empty(Addresses(Page()));
    }

    [Fact]
    public void The_same_command_makes_the_same_page_again_and_leaves_any_other_page_alone()
    {
        _shell.Run("$first, $failed | Export-KlingGallery ./out").Clean();
        string page = Page();
        _shell.Run("$first, $failed | Export-KlingGallery ./out").Clean();
        Assert.Equal(page, Page());

        File.WriteAllText(_folder.File("out/index.html"), "my own");
        Assert.Equal(["FileExists"], _shell.Run("$first | Export-KlingGallery ./out").ErrorIds);
        Assert.Equal("my own", Page());
        _shell.Run("$first | Export-KlingGallery ./out -Force").Clean();
        Assert.NotEqual("my own", Page());
    }

    [Theory]
    [InlineData("./out", "out/index.html")]
    [InlineData("./a.b/[c]*", "a.b/[c]*/index.html")]
    [InlineData("./page.html", "page.html")]
    [InlineData("./Page.HTM", "Page.HTM")]
    [InlineData("./folder.html", "folder.html/index.html")]
    public void A_path_is_a_folder_or_a_page(string path, string page)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && path.Contains('*', StringComparison.Ordinal), "No such name.");
        Directory.CreateDirectory(_folder.File("folder.html"));
        _shell.Set("path", path);
        _shell.Run("$first | Export-KlingGallery $path").Clean();
        Assert.True(File.Exists(_folder.File(page)));
    }

    [Theory]
    [InlineData("Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("@() | Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("$null | Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("'123' | Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("[pscustomobject]@{ TaskId = '1' } | Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("[pscustomobject]@{ Name = 'a'; Prompt = 'b' } | Export-KlingGallery ./out", "InvalidRequest")]
    [InlineData("$first | Export-KlingGallery Variable:/x", "FileNotWritable")]
    public void What_cannot_be_shown_is_an_error_and_no_page(string line, string error)
    {
        Assert.Equal([error], _shell.Run(line).ErrorIds);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void One_that_cannot_be_shown_does_not_keep_the_others_from_the_page()
    {
        Assert.Equal(["InvalidRequest"], _shell.Run("$first, 'x', $other | Export-KlingGallery ./out").ErrorIds);
        Assert.Contains("<p>2 videos</p>", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_makes_nothing_and_no_connection_is_needed()
    {
        _shell.Run("$first | Export-KlingGallery ./out -WhatIf").Clean();
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        _shell.Run("Disconnect-Kling; $first | Export-KlingGallery ./out").Clean();
        Assert.Contains("harbour", Page(), StringComparison.Ordinal);
    }

    private static string[] Addresses(string page) =>
        [.. Regex.Matches(page, "href=\"([^\"]*)\"").Select(found => found.Groups[1].Value)];

    private KlingTask Task(string name) => (KlingTask)((PSObject)_shell.Get(name)!).BaseObject;

    private string Page() => File.ReadAllText(_folder.File("out/index.html"));
}
