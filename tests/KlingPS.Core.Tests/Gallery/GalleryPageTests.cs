using System.Security.Cryptography;
using System.Text.RegularExpressions;
using KlingPS.Gallery;

namespace KlingPS.Core.Tests.Gallery;

/// <summary>The page shows what it is given as text, fetches nothing, and is whole or not there.</summary>
public sealed class GalleryPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static GalleryItem Saved => new()
    {
        TaskId = "1",
        VideoId = "11",
        Title = "harbour",
        Status = KlingTaskStatus.Succeeded,
        Duration = TimeSpan.FromSeconds(9.5),
        ExpiresAt = new DateTime(2026, 12, 27, 10, 45, 0, DateTimeKind.Utc),
        File = "/videos/out/harbour.mp4",
    };

    public static TheoryData<string> Hostile =>
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "\" onfocus=\"alert(1)",
        "</title><b>", "&lt;b&gt;", "--><b>", "]]><b>", "javascript:alert(1)", "</style><b>", "<!--<script>",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Whatever_a_row_or_the_service_says_is_text(string text)
    {
        string[] markup = [.. new[] { text, "x" }.Select(shown => Markup(Make(
            shown,
            Saved with { Title = shown, Prompt = shown, Model = shown, File = $"/videos/out/{shown}" },
            Saved with { TaskId = shown, VideoId = null, Title = null, Name = shown, File = null },
            Saved with { TaskId = "2", Status = KlingTaskStatus.Failed, Reason = shown, File = null })))];
        Assert.Equal(markup[1], markup[0]);
        string page = Make("x", Saved with { File = $"/videos/out/{text}" });
        Assert.All(Addresses(page), address => Assert.Matches("^[A-Za-z0-9._~%/-]+$", address));
    }

    [Theory]
    [InlineData("a\0b\u001b[2Jc\u202Ed\u2028e\u0085f")]
    [InlineData("half \ud83d pair")]
    [InlineData("tag \U000E0041 and \u200B")]
    public void What_steers_or_hides_is_shown_as_a_replacement(string text)
    {
        string page = Make(text, Saved with { Title = text, Prompt = text });
        Assert.DoesNotContain(page, c => c is '\0' or '\u001b' or '\u202E' or '\u2028' or '\u0085' or '\u200B');
        Assert.Equal(-1, DisplayText.IndexOfLoneSurrogate(page));
        Assert.Contains('\uFFFD', page);
    }

    [Theory]
    [InlineData(@"C:\out\a%41 #1.mp4", "file:///C:/out/a%2541%20%231.mp4")]
    [InlineData(@"\\?\C:\a.mp4", "file:///C:/a.mp4")]
    [InlineData(@"\\server\share\a b.mp4", "file://server/share/a%20b.mp4")]
    [InlineData(@"\\?\UNC\server\share\a.mp4", "file://server/share/a.mp4")]
    public void A_file_on_another_drive_has_its_whole_address(string file, string address) =>
        Assert.Equal(address, GalleryPage.Absolute(file));

    [Fact]
    public void The_same_input_makes_the_same_bytes_in_every_culture_and_order_of_time()
    {
        string page = Make("x", Saved);
        using (new InCulture("ar-SA"))
        {
            Assert.Equal(page, Make("x", Saved with { ExpiresAt = Saved.ExpiresAt!.Value.ToLocalTime() }));
        }

        Assert.Contains(
            "<time datetime=\"2026-12-27T10:45:00Z\">2026-12-27 10:45 UTC</time>", page, StringComparison.Ordinal);
        Assert.Contains("<span>9.5 s</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
    }

    [Fact]
    public void The_policy_names_the_style_and_the_script_that_are_there_and_nothing_else()
    {
        string page = Make("x", Saved);
        string policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        Assert.Equal(
            $"default-src 'none'; style-src '{Hash(page, "style")}'; script-src '{Hash(page, "script")}'; "
                + "media-src 'self' file:; base-uri 'none'; form-action 'none'",
            policy);
        Assert.DoesNotMatch(@"https?:|//\w|@import|url\(| on\w+=| style=", page);
    }

    [Theory]
    [InlineData("/videos/out", "/videos/out/a.mp4", "a.mp4")]
    [InlineData("/videos/out", "/videos/out/b c/ä#?%20&.mp4", "b%20c/%C3%A4%23%3F%2520%26.mp4")]
    [InlineData("/videos/out", "/videos/out/javascript:alert(1).mp4", "javascript%3Aalert%281%29.mp4")]
    [InlineData("/videos/out/", "/videos/other/a.mp4", "../other/a.mp4")]
    [InlineData("/", "/out/a.mp4", "out/a.mp4")]
    public void The_address_of_a_file_is_relative_and_escaped(string folder, string file, string address)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths of Unix.");
        Assert.Equal(address, GalleryPage.Address(folder, file));
    }

    [Theory]
    [InlineData(KlingTaskStatus.Failed, "it was refused", "it was refused")]
    [InlineData(KlingTaskStatus.Failed, "", "The service gave no reason.")]
    [InlineData(KlingTaskStatus.Processing, "", "Not finished yet.")]
    [InlineData(KlingTaskStatus.Succeeded, "", "Not saved here.")]
    public void A_task_without_a_file_says_why(KlingTaskStatus status, string reason, string text)
    {
        string page = Make("x", Saved with { Status = status, Reason = reason, File = null });
        Assert.Contains($"<p dir=\"auto\">{text}</p>", page, StringComparison.Ordinal);
        Assert.Empty(Addresses(page));
    }

    [Fact]
    public void A_page_takes_the_place_of_an_older_one_and_of_nothing_else()
    {
        string path = _folder.File("index.html");
        GalleryPage.Save(Items(Saved), "old", path, overwrite: false);
        GalleryPage.Save(Items(Saved), "new", path, overwrite: false);
        Assert.Contains("<title>new</title>", File.ReadAllText(path), StringComparison.Ordinal);

        File.WriteAllText(path, "<!DOCTYPE html>\n<p>My own page");
        KlingException error =
            Assert.Throws<KlingException>(() => GalleryPage.Save(Items(Saved), "new", path, overwrite: false));
        Assert.Equal(KlingError.FileExists, error.Error);
        Assert.Contains("My own page", File.ReadAllText(path), StringComparison.Ordinal);
        GalleryPage.Save(Items(Saved), "new", path, overwrite: true);
        Assert.Contains("<title>new</title>", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_page_that_cannot_be_written_leaves_nothing()
    {
        string path = Directory.CreateDirectory(_folder.File("index.html")).FullName;
        KlingException error =
            Assert.Throws<KlingException>(() => GalleryPage.Save(Items(Saved), "x", path, overwrite: true));
        Assert.Equal(KlingError.FileNotWritable, error.Error);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    private static GalleryItems Items(params GalleryItem[] all)
    {
        GalleryItems items = new();
        Array.ForEach(all, items.Add);
        return items;
    }

    private static string Make(string title, params GalleryItem[] all) =>
        GalleryPage.Make(Items(all), title, "/videos/out");

    // What begins and ends tags and attributes, without the page's own style and script.
    private static string Markup(string page) =>
        Regex.Replace(Regex.Replace(page, "(?s)<(style|script)>.*?</\\1>", ""), "[^<>\"']", "");

    private static IEnumerable<string> Addresses(string page) =>
        Regex.Matches(page, "(?:href|src)=\"([^\"]*)\"").Select(found => found.Groups[1].Value);

    private static string Hash(string page, string element) => "sha256-" + Convert.ToBase64String(SHA256.HashData(
        Encoding.UTF8.GetBytes(Regex.Match(page, $"(?s)<{element}>(.*?)</{element}>").Groups[1].Value)));
}
