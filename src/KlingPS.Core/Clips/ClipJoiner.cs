using KlingPS.Downloads;

namespace KlingPS.Clips;

/// <summary>Joins clips in order to one file, which is whole once it has its name.</summary>
internal static class ClipJoiner
{
    // A file that calls itself .mp4 may be a playlist that names other files and addresses.
    private const string Containers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";

    /// <param name="path">The final path; its folder exists.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <returns>True when the clips differ, so that they had to be re-encoded.</returns>
    /// <exception cref="KlingException">FfmpegNotFound, JoinFailed, FileExists or FileNotWritable.</exception>
    internal static async Task<bool> JoinAsync(
        Ffmpeg ffmpeg,
        IReadOnlyList<string> clips,
        string path,
        bool overwrite,
        CancellationToken cancellationToken)
    {
        List<Clip> probed = [];
        foreach (string clip in clips)
        {
            probed.Add(await ProbeAsync(ffmpeg, clip, cancellationToken).ConfigureAwait(false));
        }

        bool encodes = probed.Any(clip => clip.Streams != probed[0].Streams);
        // Nobody else has such a name, so what lies there is no link to something else.
        string temporary = Path.Combine(
            Path.GetDirectoryName(path)!, $".klingps-{Guid.NewGuid():N}{Path.GetExtension(path)}");
        string list = temporary + ".txt";
        try
        {
            if (!encodes)
            {
                FileFailure.Guard(path, () => File.WriteAllText(list, ListOf(clips), new UTF8Encoding(false)));
            }

            string[] arguments = [.. encodes ? Encoded(probed) : Copied(list),
                "-movflags", "+faststart", "-f", "mp4", Ffmpeg.FileArgument(temporary)];
            if (await ffmpeg.RunAsync(arguments, null, cancellationToken).ConfigureAwait(false) is { } lastWords)
            {
                throw Failed($"The clips could not be joined to '{path}': {lastWords}");
            }

            return FileFailure.Guard(path, () => FileFailure.TryRename(temporary, path, overwrite))
                ? encodes
                : throw Exists(path);
        }
        finally
        {
            Delete(temporary);
            Delete(list);
        }
    }

    /// <summary>Writes the last frame of a clip as a jpg that the service takes: 300 pixels a side at least.</summary>
    /// <exception cref="KlingException">FfmpegNotFound or JoinFailed.</exception>
    internal static async Task SaveLastFrameAsync(
        Ffmpeg ffmpeg,
        string clip,
        string path,
        CancellationToken cancellationToken)
    {
        // The end alone, which is quick; all of a clip whose frames last longer than that.
        foreach (string[] from in (string[][])[["-sseof", "-2"], []])
        {
            string[] arguments =
            [
                .. from, "-format_whitelist", Containers, "-i", Ffmpeg.FileArgument(clip), "-map", "0:v:0",
                "-vf", "scale='if(lt(iw,ih),max(iw,300),-2)':'if(lt(iw,ih),-2,max(ih,300))'",
                "-update", "1", "-q:v", "2", "-f", "image2", "-y", Ffmpeg.FileArgument(path),
            ];
            string? lastWords = await ffmpeg.RunAsync(arguments, null, cancellationToken).ConfigureAwait(false);
            if (lastWords is null && File.Exists(path))
            {
                return;
            }

            if (from.Length == 0)
            {
                throw Failed($"'{clip}' has no last frame: {lastWords ?? "ffmpeg found no picture in it"}");
            }
        }
    }

    /// <summary>What a clip holds, and whether it can be read to its end.</summary>
    private static async Task<Clip> ProbeAsync(Ffmpeg ffmpeg, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw Failed($"There is no file '{path}', so nothing was joined.");
        }

        StringBuilder streams = new();
        bool hasVideo = false, hasAudio = false;
        int width = 0, height = 0;
        (int Over, int Under) unit = (1, 1);
        long end = 0;
        string? rate = null;
        // The checksums of its packets below a description of its streams: no decoding, and no ffprobe needed.
        string? lastWords = await ffmpeg.RunAsync(
            ["-format_whitelist", Containers, "-i", Ffmpeg.FileArgument(path), "-map", "0:v:0", "-map", "0:a:0?",
                "-c", "copy", "-f", "framecrc", "-"],
            line =>
            {
                if (line.Length == 0 || line[0] != '#')
                {
                    string[] packet = line.Split(',');
                    if (packet[0] == "0" && packet.Length > 3
                        && long.TryParse(packet[2], NumberStyles.Integer, Invariant, out long start)
                        && long.TryParse(packet[3], NumberStyles.Integer, Invariant, out long length))
                    {
                        end = Math.Max(end, start + length);
                        rate ??= length > 0 ? FormattableString.Invariant($"{unit.Under}/{length * unit.Over}") : null;
                    }

                    return;
                }

                // The version of ffmpeg is the same for all.
                streams.Append(line).Append('\n');
                hasVideo |= line.StartsWith("#media_type 0: video", StringComparison.Ordinal);
                hasAudio |= line.StartsWith("#media_type 1: audio", StringComparison.Ordinal);
                if (line.StartsWith("#tb 0:", StringComparison.Ordinal))
                {
                    unit = Pair(line, '/');
                }
                else if (line.StartsWith("#dimensions 0:", StringComparison.Ordinal))
                {
                    (width, height) = Pair(line, 'x');
                }
            },
            cancellationToken).ConfigureAwait(false);
        return lastWords is null && hasVideo
            ? new Clip(
                path,
                streams.ToString(),
                width,
                height,
                rate ?? "24",
                hasAudio,
                (double)end * unit.Over / unit.Under)
            : throw Failed($"'{path}' is not a video that can be joined: {lastWords ?? "it has no pictures"}");
    }

    // Such as "#tb 0: 1/24".
    private static (int First, int Second) Pair(string line, char separator)
    {
        string[] numbers = line.Substring(line.IndexOf(':') + 1).Split(separator);
        return (int.Parse(numbers[0], Invariant), int.Parse(numbers[1], Invariant));
    }

    private static string[] Copied(string list) =>
    [
        "-f", "concat", "-safe", "0", "-protocol_whitelist", "file", "-format_whitelist", "concat," + Containers,
        "-i", Ffmpeg.FileArgument(list), "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy",
    ];

    // All as large and as fast as the first: without one rate ffmpeg would write a million frames a second.
    // Bars where the shape differs, silence where a clip has no sound.
    private static string[] Encoded(IReadOnlyList<Clip> clips)
    {
        List<string> arguments = [];
        string graph = "";
        string order = "";
        bool hasAudio = clips.Any(clip => clip.HasAudio);
        string size = FormattableString.Invariant($"{clips[0].Width / 2 * 2}:{clips[0].Height / 2 * 2}");
        for (int i = 0; i < clips.Count; i++)
        {
            arguments.AddRange(["-format_whitelist", Containers, "-i", Ffmpeg.FileArgument(clips[i].Path)]);
            string n = i.ToString(Invariant);
            graph += $"[{n}:v:0]scale={size}:force_original_aspect_ratio=decrease,"
                + $"pad={size}:(ow-iw)/2:(oh-ih)/2,setsar=1,fps={clips[0].Rate},format=yuv420p[v{n}];";
            order += $"[v{n}]";
            if (hasAudio)
            {
                string source = clips[i].HasAudio ? $"[{n}:a:0]"
                    : FormattableString.Invariant($"anullsrc,atrim=duration={clips[i].Seconds:0.###},");
                graph += $"{source}aformat=sample_rates=44100:channel_layouts=stereo[a{n}];";
                order += $"[a{n}]";
            }
        }

        string audio = hasAudio ? "1" : "0";
        graph += $"{order}concat=n={clips.Count.ToString(Invariant)}:v=1:a={audio}[v]{(hasAudio ? "[a]" : "")}";
        arguments.AddRange(["-filter_complex", graph, "-map", "[v]"]);
        arguments.AddRange(hasAudio ? ["-map", "[a]", "-c:a", "aac"] : []);
        arguments.AddRange(["-c:v", "libx264", "-crf", "18"]);
        return [.. arguments];
    }

    // In quotes only a quote is special (https://ffmpeg.org/ffmpeg-utils.html#Quoting-and-escaping).
    private static string ListOf(IEnumerable<string> clips) => string.Concat(clips.Select(clip =>
        $"file '{Ffmpeg.FileArgument(clip).Replace("'", @"'\''")}'\n"));

    internal static KlingException Exists(string path) =>
        new(KlingError.FileExists, $"The file '{path}' already exists and was left untouched.");

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            // It has another name than any clip, so it only takes room.
        }
    }

    private static KlingException Failed(string what) => new(KlingError.JoinFailed, what);

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>One clip as it is.</summary>
    /// <param name="Streams">The codecs of its streams with all their settings; clips that agree can be
    /// copied.</param>
    /// <param name="Rate">Frames a second, as a fraction.</param>
    private sealed record Clip(
        string Path, string Streams, int Width, int Height, string Rate, bool HasAudio, double Seconds);
}
