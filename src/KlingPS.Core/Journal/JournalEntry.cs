using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlingPS.Journal;

/// <summary>What one line of the journal records.</summary>
internal enum JournalEvent
{
    /// <summary>A paid POST is about to be sent.</summary>
    Intent,

    /// <summary>The service created a task.</summary>
    Created,

    /// <summary>Nothing was created.</summary>
    Refused,

    /// <summary>Nobody knows whether a task was created.</summary>
    Unknown,

    /// <summary>The user settled an intent without asking the service.</summary>
    Cleared,

    /// <summary>A wait measured how long tasks take.</summary>
    Observed,

    /// <summary>A warning named the outcomes in <see cref="JournalEntry.Ids"/>.</summary>
    Told,

    /// <summary>
    /// A command ended, and has told all its outcomes but those in <see cref="JournalEntry.Ids"/>; with the error
    /// <see cref="JournalEntry.Cancelled"/> none of them.
    /// </summary>
    Ended,

    /// <summary>The file was rotated: the first line of the new one.</summary>
    Rotated,

    /// <summary>A video was saved to a file.</summary>
    Saved,

    /// <summary>
    /// How many tasks of one account and one hour a rotation moved to the archive, for the daily spending limit.
    /// </summary>
    Paid,
}

/// <summary>One line of the journal. Each repeats what is known, so that a lost line takes no other with it.</summary>
/// <remarks>
/// Ids, the user's names, kind, model, times, the process, paths of saved files, and hashes of the key and the request;
/// no prompt, no address of a video, no key.
/// </remarks>
internal sealed record JournalEntry
{
    /// <summary>Lines of a later version are kept and not read.</summary>
    internal const int CurrentVersion = 2;

    /// <summary>The error of a POST that was cancelled on the wire: no cmdlet was left to report it.</summary>
    internal const string Cancelled = nameof(Cancelled);

    [JsonPropertyName("v")]
    public int Version { get; init; } = CurrentVersion;

    [JsonPropertyName("step")]
    public required JournalEvent Event { get; init; }

    /// <summary>Ties the lines of one POST together; of <see cref="JournalEvent.Ended"/> the command.</summary>
    public required string Id { get; init; }

    /// <summary>When the line was written, by this machine's clock.</summary>
    public required DateTimeOffset At { get; init; }

    public KlingTaskKind Kind { get; init; }

    /// <summary>Host and port of the service.</summary>
    public string Host { get; init; } = "";

    /// <summary>See <see cref="AccountFingerprint"/>.</summary>
    public string Account { get; init; } = "";

    /// <summary>
    /// The command that submits; null in lines of version 1, whose commands have all told what they did.
    /// </summary>
    public string? Command { get; init; }

    /// <summary>See <see cref="RequestFingerprint"/>.</summary>
    public string? Request { get; init; }

    /// <summary>The user's own name for the work.</summary>
    public string? Name { get; init; }

    /// <summary>Whether <see cref="Name"/> is the parent's.</summary>
    [JsonPropertyName("inherited")]
    public bool? IsNameInherited { get; init; }

    public string? Model { get; init; }

    public int? Part { get; init; }

    /// <summary>The task created; with <see cref="JournalEvent.Unknown"/> one that an error answer named.</summary>
    [JsonPropertyName("task")]
    public string? TaskId { get; init; }

    [JsonPropertyName("parentTask")]
    public string? ParentTaskId { get; init; }

    [JsonPropertyName("parentVideo")]
    public string? ParentVideoId { get; init; }

    /// <summary>Of <see cref="JournalEvent.Saved"/>: the video, and the whole path of its file.</summary>
    [JsonPropertyName("video")]
    public string? VideoId { get; init; }

    public string? File { get; init; }

    [JsonPropertyName("externalTask")]
    public string? ExternalTaskId { get; init; }

    /// <summary>The id of the error, or <see cref="Cancelled"/>.</summary>
    public string? Error { get; init; }

    /// <summary>Of an intent: how long its answer is waited for, in seconds.</summary>
    [JsonPropertyName("timeout")]
    public double? TimeoutSeconds { get; init; }

    /// <summary>Whether another machine paid for the task, and this one found it at the service.</summary>
    [JsonPropertyName("found")]
    public bool? IsFound { get; init; }

    /// <summary>
    /// Whether the service's list alone told that this is the task, by its time and its parent: it may be another's.
    /// </summary>
    [JsonPropertyName("listed")]
    public bool? IsListed { get; init; }

    /// <summary>
    /// The submissions that <see cref="JournalEvent.Told"/> and <see cref="JournalEvent.Ended"/> are about.
    /// </summary>
    public string[]? Ids { get; init; }

    /// <summary>Median duration of the tasks that a wait saw, in seconds.</summary>
    [JsonPropertyName("sec")]
    public double? Seconds { get; init; }

    /// <summary>
    /// How many tasks that median is of; of <see cref="JournalEvent.Rotated"/> the bytes kept, of
    /// <see cref="JournalEvent.Paid"/> the number of tasks.
    /// </summary>
    public long? Count { get; init; }

    public string? Machine { get; init; }

    [JsonPropertyName("pid")]
    public int? ProcessId { get; init; }

    public string? Instance { get; init; }

    /// <summary>Who sends.</summary>
    [JsonIgnore]
    internal ProcessIdentity? Process
    {
        get => Machine is not null && ProcessId is { } id ? new ProcessIdentity(Machine, id, Instance ?? "") : null;
        init => (Machine, ProcessId, Instance) = (value?.Machine, value?.Id, value?.Instance);
    }

    /// <summary>The line with its end.</summary>
    internal byte[] ToLine() =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this, JournalJson.Default.JournalEntry), (byte)'\n'];

    /// <param name="isNewer">Whether a later version of this module wrote the line.</param>
    /// <returns>Null for a line that is damaged or newer.</returns>
    internal static JournalEntry? Parse(ReadOnlySpan<byte> line, out bool isNewer)
    {
        isNewer = false;
        try
        {
            JournalEntry? entry = JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry);
            isNewer = entry?.Version > CurrentVersion;
            return entry is not null && !isNewer && entry.IsWhole() ? entry : null;
        }
        catch (JsonException)
        {
            isNewer = VersionOf(line) > CurrentVersion;
            return null;
        }
    }

    // A later version may use other types.
    private static int? VersionOf(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("v"u8, out JsonElement version)
                && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out int number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsWhole() =>
        // The serializer accepts null for a non-nullable string.
        Id is { Length: > 0 }
        && Host is not null
        && Account is not null
        && Ids?.Any(id => id is null) is not true
        && Enum.IsDefined(typeof(JournalEvent), Event)
        && Enum.IsDefined(typeof(KlingTaskKind), Kind)
        && !(Event == JournalEvent.Created && string.IsNullOrEmpty(TaskId))
        && !(Event == JournalEvent.Saved && (string.IsNullOrEmpty(File) || string.IsNullOrEmpty(VideoId)))
        && !(Event == JournalEvent.Observed && Seconds is not (> 0 and < 86_400));

    /// <summary>For a person: what was to be created, of what, and when.</summary>
    internal string Describe()
    {
        string parent = ParentTaskId is null ? "" : $" of task {ParentTaskId} (video {ParentVideoId})";
        string name = Name is null ? "" : $" '{Name}'";
        string own = ExternalTaskId is null ? "" : $" with your id '{ExternalTaskId}'";
        return DisplayText.ToDisplay($"{Kind}{name}{parent}{own} at {LocalTime}", 500);
    }

    /// <summary>What the work is found by: its ids, its given name, its request.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Keys
    {
        get
        {
            string?[] keys =
            [
                TaskId,
                ExternalTaskId,
                Name is null || IsNameInherited == true ? null : NameKey(Host, Account, Kind, ParentVideoId, Name),
                Request is null ? null : RequestKey(Host, Account, Request),
            ];
            return keys.OfType<string>();
        }
    }

    // With the account: the same work of another must not hide ours.
    internal static string NameKey(
        string host,
        string account,
        KlingTaskKind kind,
        string? parentVideoId,
        string name) => $"name\n{host}\n{account}\n{kind}\n{parentVideoId}\n{name}";

    internal static string RequestKey(string host, string account, string fingerprint) =>
        $"request\n{host}\n{account}\n{fingerprint}";

    /// <summary>
    /// Whether a rotation left it here only so that it can be found: it was told, and is in the archive too.
    /// </summary>
    [JsonIgnore]
    internal bool IsSettled => Command is null && Version > 1;

    /// <summary>What is known of its task beside what the service says.</summary>
    [JsonIgnore]
    internal TaskDetails Details => new(Name, Model, Name, Part);

    /// <summary>When, for a person, in the calendar of the service.</summary>
    [JsonIgnore]
    internal string LocalTime => At.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>Generated serializer: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
