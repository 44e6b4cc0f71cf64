using KlingPS.Pipeline;

namespace KlingPS.Completion;

/// <summary>Models this version knows.</summary>
public sealed class ModelCompleter : WordCompleter
{
    private protected override IEnumerable<(string Text, string Tip)> Words() =>
        VideoModels.All.Select(model => (model.Name, Tip(model)));

    private static string Tip(VideoModel model)
    {
        string source = model.FromText == false ? "from images" : "from text or images";
        string seconds = model.AnySecond ? $"{model.MinSeconds} to {model.MaxSeconds} s" : $"{model.MinSeconds} or {model.MaxSeconds} s";
        return $"{model.Name}: {source}, {seconds}";
    }
}

/// <summary>Modes of the models this version knows.</summary>
public sealed class ModeCompleter : WordCompleter
{
    private protected override IEnumerable<(string Text, string Tip)> Words() =>
    [
        ("std", "std: standard, the cheaper one"),
        ("pro", "pro: better pictures, dearer"),
    ];
}

/// <summary>Aspect ratios the service takes for a video from text.</summary>
public sealed class AspectRatioCompleter : WordCompleter
{
    private protected override IEnumerable<(string Text, string Tip)> Words() =>
        VideoModels.AspectRatios.Select(ratio => (ratio, $"{ratio} (width:height)"));
}

/// <summary>Tasks this session has seen, newest first, with their status.</summary>
public sealed class TaskIdCompleter : WordCompleter
{
    private protected override IEnumerable<(string Text, string Tip)> Words() =>
        Connections.Known()?.Recent.All().Select(task => (task.TaskId, $"{task.Kind}, {task.Status}, {task.CreatedAt:g}")) ?? [];
}
