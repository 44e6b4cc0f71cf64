using System.Globalization;
using KlingPS.Connection;
using KlingPS.Journal;
using KlingPS.Transport;

namespace KlingPS.Completion;

/// <summary>Tasks this session has seen, newest first, then those that this machine submitted last.</summary>
public sealed class TaskIdCompleter : WordCompleter
{
    private const int MostFromJournal = 50;

    // Of a word that is begun, and is no part of a list, the engine asks for each parameter that may have this position, and
    // puts a null between two answers, on which PSReadLine fails. What is piped is what to save, so an argument in the place of
    // an id is a path.
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
            .Select(task => Word(task.TaskId, task.Kind, $"{task.Status}", task.CreatedAt))
            .Concat(Submitted(connection)
                .Where(entry => !seen.Any(task => task.TaskId == entry.TaskId))
                .Select(entry => Word(entry.TaskId!, entry.Kind, "submitted", entry.At.LocalDateTime)));
    }

    // Without a connection the session may be new, and the journal all there is to go on with.
    private static IEnumerable<JournalEntry> Submitted(KlingConnection? connection)
    {
        JournalEntry[] last = connection is not null
            ? connection.Journal.Last(MostFromJournal, connection.Host, connection.Account)
            : JournalLocation.Open().ReadTail(MostFromJournal);
        return Enumerable.Reverse(last);
    }

    private static Word Word(string taskId, KlingTaskKind kind, string status, DateTime created) =>
        new(taskId, $"{kind}, {status}, made {created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}", $"{taskId}  {status} {kind} {Age.Of(Platform.Now.LocalDateTime - created)}");
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
                ? task.Videos.Where(video => video.VideoId is not null).Select(video => Word(video.VideoId!, task.TaskId, video.Duration))
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
