using System.Collections.Concurrent;
using System.Diagnostics;
using KlingPS.Gallery;

namespace KlingPS.Desktop.Checks;

/// <summary>What .NET Framework spells differently.</summary>
internal sealed class PlatformChecks(TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("Random numbers lie between 0 and 1 and differ from thread to thread", Randoms),
        ("A body is not read once its reader is cancelled", CancelledBody),
        ("A read that breaks off with its request ends as cancelled", AbortedRead),
        ("A file that nobody may share is refused to others until it is closed", Exclusive),
        ("A file replaces another, and where there is none takes the name", Replaces),
        ("A file that cannot replace another leaves it as it was", KeepsTheOld),
        ("A program that was started can be ended", Ends),
        ("A gallery takes the place of an older one, shows text, and escapes addresses", MakesAGallery),
        ("Foreign text loses secrets and what steers a terminal", Redacts),
    ];

    private static async Task Randoms()
    {
        ConcurrentBag<double> first = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () => first.Add(Platform.NextRandom()),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Ensure.That(first.All(value => value is >= 0 and < 1), $"some lie outside: {string.Join(" ", first)}");
        Ensure.Equal(8, first.Distinct().Count(), "the number of different ones");
    }

    private static async Task CancelledBody()
    {
        using StringContent content = new("text");
        using Stream stream = await Platform.ReadAsStreamAsync(content, CancellationToken.None);
        Ensure.Equal(4L, stream.Length, "the length of the body");
        await Ensure.ThrowsAsync<OperationCanceledException>(
            () => Platform.ReadAsStreamAsync(content, new CancellationToken(true)));
    }

    private static async Task AbortedRead()
    {
        using CancellationTokenSource request = new();
        using AbortedBody body = new();
        Task Read() => Platform.ReadAsync(body, new byte[1], 0, 1, request.Token);
        await Ensure.ThrowsAsync<IOException>(Read);
        request.Cancel();
        await Ensure.ThrowsAsync<OperationCanceledException>(Read);
    }

    private static Task Ends()
    {
        bool isWindows = Environment.OSVersion.Platform == PlatformID.Win32NT;
        using Process process = Process.Start(
            new ProcessStartInfo(isWindows ? "ping" : "sleep", isWindows ? "-n 600 127.0.0.1" : "600")
            {
                UseShellExecute = false,
                CreateNoWindow = true,
            });
        Platform.KillAll(process);
        Ensure.That(process.WaitForExit(10_000), "it still runs");
        return Task.CompletedTask;
    }

    private Task MakesAGallery()
    {
        GalleryItems items = new();
        string path = temp.File("index.html");
        items.Add(new GalleryItem { TaskId = "1", Title = "<b>", File = temp.File("a #1%.mp4") });
        GalleryPage.Save(items, "old", path, overwrite: false);
        GalleryPage.Save(items, "new", path, overwrite: false);
        string page = File.ReadAllText(path);
        Ensure.That(page.Contains("<title>new</title>"), "the old page is still there");
        Ensure.That(page.Contains("href=\"a%20%231%25.mp4\" title=\"&lt;b&gt;\""), "text or address is not escaped");
        return Task.CompletedTask;
    }

    private async Task Exclusive()
    {
        string path = temp.File("exclusive");
        using (Platform.OpenPrivate(path, FileShare.None))
        {
            IOException refusal = await Ensure.ThrowsAsync<IOException>(() =>
            {
                Platform.OpenPrivate(path, FileShare.None).Dispose();
                return Task.CompletedTask;
            });
            // What the journal takes for a lock that another one holds.
            Ensure.That((refusal.HResult & 0xFFFF) is 32 or 33 or 11 or 35, $"the code is {refusal.HResult:x}");
        }

        Platform.OpenPrivate(path, FileShare.None).Dispose();
    }

    private Task Replaces()
    {
        string source = temp.File("new");
        string target = temp.File("old");
        foreach (string text in new[] { "first", "second" })
        {
            File.WriteAllText(source, text);
            Platform.Replace(source, target);
            Ensure.Equal(text, File.ReadAllText(target), "what the file holds");
            Ensure.That(!File.Exists(source), "the source is still there");
        }

        Ensure.That(!File.Exists(target + ".replaced"), "the old one is still there, put aside");
        return Task.CompletedTask;
    }

    private async Task KeepsTheOld()
    {
        string target = temp.File("kept");
        File.WriteAllText(target, "old");
        await Ensure.ThrowsAsync<IOException>(() =>
        {
            Platform.Replace(temp.File("missing"), target);
            return Task.CompletedTask;
        });
        Ensure.Equal("old", File.ReadAllText(target), "what the file holds");
    }

    private static Task Redacts()
    {
        string shown = Redactor.Message(
            "Key sk-0123456789abcdefWXYZ at https://a.test/v.mp4?ksSecret=abc \u001b[31mred", Client.Key);
        Ensure.Equal("Key [key] at https://a.test/v.mp4?…  [31mred", shown, "the text");
        Ensure.Equal("Plain.", Redactor.Message("Plain.", Client.Key), "the plain text");
        Ensure.Equal("Line one.\n line two", Redactor.Body("Line one.\n\u0007line two", null), "the body");
        return Task.CompletedTask;
    }

    // What an aborted HttpWebRequest leaves behind.
    private sealed class AbortedBody : MemoryStream
    {
        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            throw new IOException("The request was aborted.");
    }
}
