using System.Collections;
using System.Management.Automation.Language;
using KlingPS.Connection;
using KlingPS.Journal;
using KlingPS.Providers;
using KlingPS.Requests;
using KlingPS.Transport;

namespace KlingPS.Completion;

/// <summary>Tasks this session has seen, newest first, then those that this machine submitted last.</summary>
public sealed class TaskIdCompleter : WordCompleter
{
    private const int MostFromJournal = 50;

    // For a started word the engine asks the completer of every parameter at this position and separates
    // the results by null, on which PSReadLine fails. With pipeline input the argument is a path anyway.
    private protected override bool IsLeftToEngine(CompletionContext context) =>
        (context.Parameter == "InputObject" && context.Word.Length > 0 && !context.HasList)
        || (context.Is("Save-KlingVideo") && context.IsPiped);

    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        KlingConnection? connection = Connections.Known();
        SeenTask[] seen = connection is null ? [] : [.. connection.Recent.All()];
        bool needsVideo = context.Is("New-KlingExtension") || context.Is("Save-KlingVideo");
        return seen
            .Where(task => !(needsVideo && task.Status == KlingTaskStatus.Failed))
            .Select(task => Word(task.TaskId, task.Kind, task.Details.Title, $"{task.Status}", task.CreatedAt))
            .Concat(Submitted(connection)
                .Where(entry => !seen.Any(task => task.TaskId == entry.TaskId))
                .Select(entry => Word(entry.TaskId!, entry.Kind, entry.Name, "Submitted", entry.At.LocalDateTime)));
    }

    // In a new session without a connection, the journal is all there is.
    internal static IEnumerable<JournalEntry> Submitted(KlingConnection? connection)
    {
        JournalEntry[] last = connection is not null
            ? connection.Journal.Last(MostFromJournal, connection.Host, connection.Account)
            : JournalLocation.Open().ReadTail(MostFromJournal);
        return Enumerable.Reverse(last);
    }

    private static Word Word(string taskId, KlingTaskKind kind, string? title, string status, DateTime created) =>
        new(
            taskId,
            $"{kind}, {status}, made {created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}",
            $"{taskId}  {status} {title ?? $"{kind}"} {Short(Platform.Now.LocalDateTime - created)}");

    // As the table of tasks says it.
    private static string Short(TimeSpan age) =>
        age.TotalSeconds < 99 ? $"{Math.Max(age.TotalSeconds, 0):0} s"
        : age.TotalMinutes < 99 ? $"{age.TotalMinutes:0} m"
        : age.TotalDays < 2 ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}

/// <summary>Names of the tasks that this machine submitted last, newest first.</summary>
public sealed class TaskNameCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        TaskIdCompleter.Submitted(Connections.Known())
            .Where(entry => entry.Name is not null)
            .GroupBy(entry => entry.Name!)
            .Select(named => new Word(named.Key, $"{named.First().Kind}, made {named.First().LocalTime}"));
}

/// <summary>Videos of the task given, else of all tasks this session has seen.</summary>
public sealed class VideoIdCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        KlingTask[] given = [.. context.Tasks];
        if (given.Length > 0)
        {
            return given.SelectMany(task => task.Videos.Length > 0
                ? task.Videos.Where(video => video.VideoId is not null).Select(
                    video => Word(video.VideoId!, task.TaskId, video.Duration))
                : task.VideoId is { Length: > 0 } id ? [Word(id, task.TaskId, task.Duration)] : []);
        }

        string? taskId = context.Text("TaskId");
        IEnumerable<SeenTask> seen = Connections.Known()?.Recent.All() ?? [];
        return seen.Where(task => taskId is null || task.TaskId == taskId)
            .SelectMany(task => task.VideoIds.Select(id => Word(id, task.TaskId, null)));
    }

    private static Word Word(string videoId, string taskId, TimeSpan? duration) =>
        new(videoId, $"Video of task {taskId}{(duration is { } length ? $", {length.TotalSeconds:0.0} s" : "")}");
}

/// <summary>Models this version knows.</summary>
public sealed class ModelCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        VideoModels.All.Select(model => new Word(model.Name, Tip(model)));

    private static string Tip(VideoModel model)
    {
        string source = model.Routes.HasFlag(ModelRoutes.Omni) ? "from text, images and videos"
            : (model.Routes | model.Disputed).HasFlag(ModelRoutes.Text) ? "from text or images"
            : "from images";
        string seconds = model.AnySecond
            ? $"{model.MinSeconds} to {model.MaxSeconds} s"
            : $"{model.MinSeconds} or {model.MaxSeconds} s";
        string modes = model.Modes.Length == 0 ? "without a mode" : string.Join(" or ", model.Modes);
        return $"{model.Name}: {source}, {seconds}, "
            + $"{modes}{(model.IsExtendable ? "; its videos can be extended" : "")}";
    }
}

/// <summary>Modes of the model given.</summary>
public sealed class ModeCompleter : WordCompleter
{
    private static readonly Word[] Known =
    [
        new("std", "std: standard quality at a lower price"),
        new("pro", "pro: higher quality at a higher price"),
        new("4k", "4k: may not be supported by the service"),
    ];

    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        VideoModel? model = VideoModels.Find(context.Text("Model"));
        string[]? modes = context.Text("ImageTail") is null ? model?.Modes : model?.TailModes;
        return modes is null ? Known : Known.Where(mode => modes.Contains(mode.Text));
    }
}

/// <summary>Durations of the model given.</summary>
public sealed class DurationCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        (VideoModels.Find(context.Text("Model")) ?? VideoModels.Find(null)!).Durations
            .Select(seconds => new Word($"{seconds}", $"{seconds} seconds"));
}

/// <summary>Aspect ratios the service takes for a video from text.</summary>
public sealed class AspectRatioCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context) =>
        VideoModels.AspectRatios.Select(ratio => new Word(ratio, $"{ratio} (width:height)"));
}

/// <summary>The service's own address, and the one the environment names.</summary>
public sealed class BaseUriCompleter : WordCompleter
{
    private protected override IEnumerable<Word> Words(CompletionContext context)
    {
        yield return new Word(Provider.CometApi.BaseUri.AbsoluteUri, "CometAPI's own address, the default");
        yield return new Word(Provider.Kling.BaseUri.AbsoluteUri, "Kling's own API, the default with -Provider Kling");
        if (FromEnvironment() is { } address && address != Provider.CometApi.BaseUri)
        {
            yield return new Word(address.AbsoluteUri, $"The value of $env:{Connections.BaseUriVariable}");
        }
    }

    // Unusable values are not shown, because a key may be there by mistake.
    private static Uri? FromEnvironment()
    {
        try
        {
            return ConnectionFactory.BaseUri(null, Provider.CometApi);
        }
        catch (KlingException)
        {
            return null;
        }
    }
}

/// <summary>
/// Completes from words known beforehand: those that start with what is typed, else those that hold it.
/// </summary>
/// <remarks>Sends nothing: what is offered is known to the module, the session, or the journal on this
/// machine.</remarks>
public abstract class WordCompleter : IArgumentCompleter
{
    private const int LongestNumber = 9;

    private protected WordCompleter()
    {
    }

    /// <inheritdoc/>
    /// <returns>Null, and not an empty list, to let the engine go on.</returns>
    public IEnumerable<CompletionResult>? CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = wordToComplete ?? "";
        string typed = word.Trim('\'', '"');
        bool mustQuote = word.Length > 0 && word[0] is '\'' or '"';
        char quote = mustQuote ? word[0] : '\'';
        CompletionContext context = new(commandName, parameterName, word, commandAst, fakeBoundParameters);
        if (IsLeftToEngine(context))
        {
            return null;
        }

        Word[] words = [.. Words(context).Where(candidate => !DisplayText.IsUnsafe(candidate.Text))];
        Word[] found =
            [.. words.Where(candidate => candidate.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];
        if (found.Length == 0)
        {
            found =
                [.. words.Where(candidate => candidate.Text.IndexOf(typed, StringComparison.OrdinalIgnoreCase) >= 0)];
        }

        return [.. found.Select(candidate => new CompletionResult(
            !mustQuote && IsBare(candidate.Text) ? candidate.Text : Quote(candidate.Text, quote),
            candidate.Shown ?? candidate.Text,
            CompletionResultType.ParameterValue,
            candidate.Tip))];
    }

    /// <summary>Whether the engine is to go on: to another parameter in the same position, and last to paths.</summary>
    private protected virtual bool IsLeftToEngine(CompletionContext context) => false;

    /// <summary>The words, best first.</summary>
    private protected abstract IEnumerable<Word> Words(CompletionContext context);

    // 16:9 would be parsed as a label and a 19-digit id as a number, so both are quoted.
    private static bool IsBare(string word) =>
        word.Length > 0
        && (word[0] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')
            ? word.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-')
            : word.Length <= LongestNumber && word[0] != '0' && word.All(c => c is >= '0' and <= '9'));

    private static string Quote(string word, char quote) =>
        quote == '"' && word.IndexOfAny(['"', '$', '`', '“', '”', '„']) < 0
            ? $"\"{word}\""
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
}

/// <summary>One word to offer.</summary>
/// <param name="Shown">How a list shows it, where the value alone says too little; starts with the value.</param>
internal sealed record Word(string Text, string Tip, string? Shown = null);
