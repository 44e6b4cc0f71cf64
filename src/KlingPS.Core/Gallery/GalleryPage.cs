using System.Security.Cryptography;
using KlingPS.Downloads;

namespace KlingPS.Gallery;

/// <summary>
/// One HTML file that shows videos beside it. It fetches nothing but them, and the same input makes the same bytes.
/// </summary>
/// <remarks>
/// Its policy allows its own style and script by their hashes. In a page from a file, 'self' is all files for some
/// browsers and none for others, so that videos need file: too.
/// </remarks>
internal static class GalleryPage
{
    // Identifies a page of ours, which may be replaced without -Force.
    private const string Mark = "<!DOCTYPE html>\n<!-- Made by Export-KlingGallery of KlingPS -->\n";

    private static readonly string Style = Read("page.css");
    private static readonly string Script = Read("page.js");

    private static readonly string Policy = $"default-src 'none'; style-src '{Hash(Style)}'; "
        + $"script-src '{Hash(Script)}'; media-src 'self' file:; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">Its final path; the folder exists.</param>
    /// <param name="overwrite">Whether a file may be replaced that is no such page.</param>
    /// <exception cref="KlingException">FileExists or FileNotWritable.</exception>
    internal static void Save(GalleryItems items, string title, string path, bool overwrite)
    {
        string page = Make(items, title, Path.GetDirectoryName(path)!);
        // Nobody else has such a name, so what lies there is no link to something else.
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".klingps-{Guid.NewGuid():N}.html");
        FileFailure.Guard(path, () =>
        {
            if (!overwrite && File.Exists(path) && !IsOurs(path))
            {
                throw new KlingException(
                    KlingError.FileExists, $"The file '{path}' is not a gallery and was left untouched.",
                    action: "Give another -Path, or replace it with -Force.");
            }

            try
            {
                File.WriteAllText(temporary, page, new UTF8Encoding(false));
                Platform.Replace(temporary, path);
            }
            finally
            {
                File.Delete(temporary);
            }
        });
    }

    /// <param name="folder">Where the page is, from which the addresses of the videos start.</param>
    internal static string Make(GalleryItems items, string title, string folder)
    {
        // The script keeps to the same order.
        List<GalleryItem>[] strips = [.. items.Strips().OrderBy(strip => strip.Count == 1)];
        GalleryItem[] all = [.. strips.SelectMany(strip => strip)];
        StringBuilder page = new(Mark);
        page.Append($"""
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>{Text(title)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <header>
            <h1 dir="auto">{Text(title)}</h1>
            <p>{Summary(all, strips.Count(strip => strip.Count > 1))}</p>
            </header>
            <main>
            <div class="tools" role="search" hidden>
            <label>Search <input type="search" placeholder="Title, model, task id" spellcheck="false"></label>
            <label>Status <select><option value="">All</option>{Statuses(all)}</select></label>
            <label>Sort by <select><option value="given">As given</option><option value="title">Title</option>
            <option value="model">Model</option><option value="longest">Longest first</option>
            <option value="expires">First to expire</option></select></label>
            <output></output>
            </div>
            <ul class="videos" role="list">

            """.Replace("\r\n", "\n"));
        foreach (List<GalleryItem> strip in strips)
        {
            page.Append(strip.Count == 1 ? Open(strip, "") + Card(strip[0], folder, "h2", strip[0].Heading)
                : Open(strip, " class=\"chain\"") + Chain(strip, folder)).Append("</li>\n");
        }

        return page.Append($"""
            </ul>
            </main>
            <footer hidden><p><kbd>Tab</kbd> to a video · <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> move ·
            <kbd>Enter</kbd> play or pause</p></footer>
            <script>{Script}</script>
            </body>
            </html>

            """.Replace("\r\n", "\n")).ToString();
    }

    /// <summary>A text as HTML shows it and never runs it.</summary>
    internal static string Text(string text) => DisplayText.ToLines(text)
        .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")
        .Replace("\"", "&quot;").Replace("'", "&#39;");

    /// <summary>The address of a file from a folder, with all that means something in an address escaped.</summary>
    internal static string Address(string folder, string file)
    {
        char[] separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];
        string[] from = folder.TrimEnd(separators).Split(separators);
        string[] to = file.Split(separators);
        int same = from.Zip(to, Platform.PathComparer.Equals).TakeWhile(isSame => isSame).Count();
        // No relative address leads from one drive to another.
        bool isElsewhere = !Platform.PathComparer.Equals(Path.GetPathRoot(folder), Path.GetPathRoot(file));
        return isElsewhere ? Absolute(file) : string.Join(
            "/", Enumerable.Repeat("..", from.Length - same).Concat(to.Skip(same).Select(Uri.EscapeDataString)));
    }

    // Uri would decode a percent sign that is in the name, and does not know the prefix of long paths.
    internal static string Absolute(string file)
    {
        string path = file.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase) ? @"\\" + file.Substring(8)
            : file.StartsWith(@"\\?\", StringComparison.Ordinal) ? file.Substring(4)
            : file;
        string[] parts = path.Split('\\', '/');
        bool isDrive = parts[0].Length == 2 && parts[0][1] == ':';
        return (isDrive ? "file:///" + parts[0] + "/" : "file:")
            + string.Join("/", parts.Skip(isDrive ? 1 : 0).Select(Uri.EscapeDataString));
    }

    private static string Summary(GalleryItem[] all, int chains)
    {
        int failed = all.Count(item => item.Status == KlingTaskStatus.Failed);
        return Count(all.Length, "video") + (chains > 0 ? ", " + Count(chains, "chain") : "")
            + (failed > 0 ? $", {Number(failed)} failed" : "");
    }

    private static string Statuses(GalleryItem[] all) => string.Concat(
        all.GroupBy(item => item.Status)
            .OrderBy(same => same.Key)
            .Select(same => $"<option value=\"{same.Key}\">{same.Key} ({Number(same.Count())})</option>"));

    // What the script sorts and filters by.
    private static string Open(List<GalleryItem> strip, string more)
    {
        string statuses = string.Join(" ", strip.Select(item => item.Status).Distinct());
        TimeSpan? longest = strip.Max(item => item.Duration);
        string seconds = longest is { } time ? Number(time.TotalSeconds) : "";
        DateTime? first = strip.Min(item => item.ExpiresAt);
        return $"<li{more} data-title=\"{Text(strip[0].Heading)}\" data-model=\"{Text(strip[0].Model ?? "")}\" "
            + $"data-statuses=\"{statuses}\" data-seconds=\"{seconds}\" data-expires=\"{Utc(first, "s")}\">\n";
    }

    private static string Chain(List<GalleryItem> strip, string folder)
    {
        StringBuilder chain = new($"<h2 dir=\"auto\">{Text(strip[0].Heading)} <span>{strip.Count} parts</span></h2>\n"
            + "<ol class=\"parts\" role=\"list\">\n");
        for (int i = 0; i < strip.Count; i++)
        {
            string heading = $"Part {Number(strip[i].Part ?? (i + 1))}";
            heading += strip[i].Heading == strip[0].Heading ? "" : $": {strip[i].Heading}";
            chain.Append("<li>").Append(Card(strip[i], folder, "h3", heading)).Append("</li>\n");
        }

        return chain.Append("</ol>\n").ToString();
    }

    private static string Card(GalleryItem item, string folder, string level, string heading)
    {
        string status = $"<span class=\"status {item.Status}\">{item.Status}</span>";
        string duration = item.Duration is { } time ? $"<span>{Number(Math.Round(time.TotalSeconds, 1))} s</span>" : "";
        string expires = item.ExpiresAt is null ? ""
            : $"<p class=\"when\">Expires <time datetime=\"{Utc(item.ExpiresAt, "s")}Z\">"
                + $"{Utc(item.ExpiresAt, "yyyy-MM-dd HH:mm")} UTC</time></p>\n";
        return $"<article>\n{Frame(item, folder)}\n<div class=\"text\">\n"
            + $"<{level} dir=\"auto\">{Text(heading)}</{level}>\n"
            + Paragraph("prompt", item.Prompt)
            + $"<p class=\"facts\">{status}{Span(item.Model)}{duration}</p>\n{expires}"
            + Paragraph("when", item.TaskId.Length == 0 ? null : "Task " + item.TaskId)
            + "</div>\n</article>\n";
    }

    private static string Frame(GalleryItem item, string folder)
    {
        if (item.File is { } file)
        {
            return $"<div class=\"frame\"><a href=\"{Text(Address(folder, file))}\" title=\"{Text(item.Heading)}\">"
                + $"<span>{Text(Path.GetFileName(file))}</span></a></div>";
        }

        string why = item.Status switch
        {
            KlingTaskStatus.Failed when item.Reason is { Length: > 0 } reason => reason,
            KlingTaskStatus.Failed => "The service gave no reason.",
            KlingTaskStatus.Succeeded => "Not saved here.",
            _ => "Not finished yet.",
        };
        return $"<div class=\"frame empty\"><p dir=\"auto\">{Text(why)}</p></div>";
    }

    private static string Paragraph(string name, string? text) =>
        string.IsNullOrWhiteSpace(text) ? "" : $"<p class=\"{name}\" dir=\"auto\">{Text(text!)}</p>\n";

    private static string Span(string? text) => string.IsNullOrWhiteSpace(text) ? "" : $"<span>{Text(text!)}</span>";

    private static string Count(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    // The same on every machine.
    private static string Utc(DateTime? local, string format) =>
        local?.ToUniversalTime().ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static bool IsOurs(string path)
    {
        // A pipe has no length, and would never be read to its end.
        if (RegularFile.LengthOf(path) < Mark.Length)
        {
            return false;
        }

        char[] start = new char[Mark.Length + 2];
        using StreamReader reader = new(path, Encoding.UTF8);
        int length = reader.ReadBlock(start, 0, start.Length);
        // Version control may have changed the ends of its lines.
        return new string(start, 0, length).Replace("\r\n", "\n").StartsWith(Mark, StringComparison.Ordinal);
    }

    // Browsers hash a script after they have made its line ends \n.
    private static string Read(string name)
    {
        using Stream resource = typeof(GalleryPage).Assembly.GetManifestResourceStream($"KlingPS.Gallery.{name}")!;
        using StreamReader reader = new(resource, Encoding.UTF8);
        return "\n" + reader.ReadToEnd().Replace("\r\n", "\n");
    }

    private static string Hash(string text)
    {
        using SHA256 sha = SHA256.Create();
        return "sha256-" + Convert.ToBase64String(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }
}
