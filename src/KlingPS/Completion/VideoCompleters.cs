using KlingPS.Requests;

namespace KlingPS.Completion;

/// <summary>Models this version knows.</summary>
public sealed class ModelCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        VideoModels.All.Select(model => new Word(model.Name, Tip(model)));

    private static string Tip(VideoModel model)
    {
        string source = model.FromText == false ? "from images" : "from text or images";
        string seconds = model.AnySecond ? $"{model.MinSeconds} to {model.MaxSeconds} s" : $"{model.MinSeconds} or {model.MaxSeconds} s";
        string modes = model.Modes.Length == 0 ? "without a mode" : string.Join(" or ", model.Modes);
        return $"{model.Name}: {source}, {seconds}, {modes}{(model.IsExtendable ? "; its videos can be extended" : "")}";
    }
}

/// <summary>Modes of the model given.</summary>
public sealed class ModeCompleter : WordCompleter
{
    private static readonly Word[] Known =
    [
        new("std", "std: standard, the cheaper one"),
        new("pro", "pro: better pictures, dearer"),
        new("4k", "4k: only one source says that it is taken"),
    ];

    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        // Of a model that is not known nothing is known.
        VideoModel? model = VideoModels.Find(context.Text("Model"));
        string[]? modes = context.Text("ImageTail") is null ? model?.Modes : model?.TailModes;
        return modes is null ? Known : Known.Where(mode => modes.Contains(mode.Text));
    }
}

/// <summary>Durations of the model given.</summary>
public sealed class DurationCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        VideoModel model = VideoModels.Find(context.Text("Model")) ?? VideoModels.Find(null)!;
        return Enumerable.Range(model.MinSeconds, model.MaxSeconds - model.MinSeconds + 1)
            .Where(model.Takes)
            .Select(seconds => new Word($"{seconds}", $"{seconds} seconds"));
    }
}

/// <summary>Aspect ratios the service takes for a video from text.</summary>
public sealed class AspectRatioCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        VideoModels.AspectRatios.Select(ratio => new Word(ratio, $"{ratio} (width:height)"));
}
