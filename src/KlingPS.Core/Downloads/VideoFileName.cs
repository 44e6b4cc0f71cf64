namespace KlingPS.Downloads;

/// <summary>A file name from a server's id that stays in its folder on every system.</summary>
internal static class VideoFileName
{
    private const int MaxLength = 100;

    private static readonly string[] Reserved = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

    internal static string For(KlingVideo video)
    {
        string id = string.IsNullOrEmpty(video.VideoId) ? video.TaskId : video.VideoId!;
        char[] name = (id.Length > MaxLength ? id.Substring(0, MaxLength) : id).ToCharArray();
        for (int i = 0; i < name.Length; i++)
        {
            bool isSafe = name[i] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_'
                || (name[i] == '.' && i > 0);
            name[i] = isSafe ? name[i] : '_';
        }

        string safe = new(name);
        bool isDevice = Reserved.Any(device => safe.StartsWith(device, StringComparison.OrdinalIgnoreCase));
        return $"{(safe.Length == 0 || isDevice ? "_" : "")}{safe}.mp4";
    }
}
