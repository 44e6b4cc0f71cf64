using System.Text.RegularExpressions;

namespace KlingPS.Downloads;

/// <summary>
/// The file name of a video: the user's name for it, else its id; it stays in its folder on every system.
/// </summary>
internal static class VideoFileName
{
    // File systems allow 255; a download adds ".partial.tag" until it is whole.
    private const int MaxBytes = 255 - 12;
    private const int MaxIdLength = 100;
    private const string Extension = ".mp4";

    // Devices of Windows, whatever extension follows.
    private static readonly Regex Device = new(
        @"^(con|prn|aux|nul|(com|lpt)[0-9\u00B9\u00B2\u00B3])\s*(\.|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    internal static string For(KlingVideo video)
    {
        string suffix = (video.Part is { } part ? $"-{part.ToString("00", CultureInfo.InvariantCulture)}" : "")
            + (video.Index > 0 ? $"-{(video.Index + 1).ToString(CultureInfo.InvariantCulture)}" : "");
        return string.IsNullOrWhiteSpace(video.Name) || Safe(video.Name!.Trim(), IsInName) is not { Length: > 0 } name
            ? OfId(video)
            : $"{Shortened(name, MaxBytes - suffix.Length - Extension.Length)}{suffix}{Extension}";
    }

    private static string OfId(KlingVideo video)
    {
        string id = string.IsNullOrEmpty(video.VideoId) ? video.TaskId : video.VideoId!;
        string safe = Safe(id.Length > MaxIdLength ? id.Substring(0, MaxIdLength) : id, IsInId);
        return $"{(safe.Length == 0 ? "_" : safe)}{Extension}";
    }

    private static string Safe(string text, Func<char, bool> isSafe)
    {
        string shown = DisplayText.Replace(text, '_');
        string safe = new([.. shown.Select((c, i) => isSafe(c) && !(c == '.' && i == 0) ? c : '_')]);
        return Device.IsMatch(safe) ? "_" + safe : safe;
    }

    private static bool IsInId(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' or '.';

    // What Windows does not take; other systems take more.
    private static bool IsInName(char c) => c is not ('<' or '>' or ':' or '"' or '/' or '\\' or '|' or '?' or '*');

    private static string Shortened(string name, int bytes)
    {
        while (Encoding.UTF8.GetByteCount(name) > bytes)
        {
            name = DisplayText.Truncate(name, name.Length - 1);
        }

        return name;
    }
}
