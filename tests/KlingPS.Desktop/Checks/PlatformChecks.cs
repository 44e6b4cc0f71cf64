using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace KlingPS.Desktop.Checks;

/// <summary>What .NET Framework spells differently.</summary>
internal sealed class PlatformChecks(TempFolder temp)
{
    internal (string Name, Func<Task> Run)[] All =>
    [
        ("Random numbers lie between 0 and 1 and differ from thread to thread", Randoms),
        ("A delay takes its time, and ends at once when cancelled", Delays),
        ("A time limit fires when it is over and not before", Limits),
        ("A body is not read once its reader is cancelled", CancelledBody),
        ("A private folder and file are made and written", PrivateFile),
        ("A file that nobody may share is refused to others until it is closed", Exclusive),
        ("The length of a file is told", Length),
        ("A file replaces another, and where there is none takes the name", Replaces),
        ("A file that cannot replace another leaves it as it was", KeepsTheOld),
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

    private static async Task Delays()
    {
        Stopwatch watch = Stopwatch.StartNew();
        await Platform.DelayAsync(TimeProvider.System, TimeSpan.FromSeconds(0.2), CancellationToken.None);
        Ensure.That(watch.Elapsed > TimeSpan.FromSeconds(0.15), $"it took {watch.Elapsed.TotalSeconds} s");
        // Longer than a timer can count.
        using CancellationTokenSource source = new();
        Task endless = Platform.DelayAsync(TimeProvider.System, TimeSpan.FromDays(4000), source.Token);
        await Ensure.CancelledAtOnceAsync(endless, source);
    }

    private static async Task Limits()
    {
        using CancellationTokenSource limit = Platform.CancelAfter(TimeProvider.System, TimeSpan.FromSeconds(0.2));
        using CancellationTokenSource far = Platform.CancelAfter(TimeProvider.System, TimeSpan.MaxValue);
        Ensure.That(!limit.IsCancellationRequested, "it fired at once");
        await Ensure.ThrowsAsync<OperationCanceledException>(() => Task.Delay(5000, limit.Token));
        Ensure.That(!far.IsCancellationRequested, "the far one fired");
    }

    private static async Task CancelledBody()
    {
        using StringContent content = new("text");
        using Stream stream = await Platform.ReadAsStreamAsync(content, CancellationToken.None);
        Ensure.Equal(4L, stream.Length, "the length of the body");
        await Ensure.ThrowsAsync<OperationCanceledException>(
            () => Platform.ReadAsStreamAsync(content, new CancellationToken(true)));
    }

    private Task PrivateFile()
    {
        string folder = temp.File("private/below");
        Platform.CreatePrivateDirectory(folder);
        Platform.CreatePrivateDirectory(folder);
        string path = Path.Combine(folder, "file");
        foreach (string text in new[] { "one", "two" })
        {
            using FileStream file = Platform.OpenPrivate(path, FileShare.ReadWrite);
            file.Seek(0, SeekOrigin.End);
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            file.Write(bytes, 0, bytes.Length);
        }

        Ensure.Equal("onetwo", File.ReadAllText(path), "what is in the file");
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

    private Task Length()
    {
        string path = temp.File("length");
        File.WriteAllText(path, "four");
        Ensure.Equal(4L, RegularFile.LengthOf(path), "the length");
        return Task.CompletedTask;
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
}
