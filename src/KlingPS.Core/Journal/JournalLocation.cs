using System.Collections.Concurrent;

namespace KlingPS.Journal;

/// <summary>Which journal the environment asks for.</summary>
internal static class JournalLocation
{
    internal const string Switch = "KLINGPS_JOURNAL";
    private const string StateHome = "XDG_STATE_HOME";

    // One index per process: eight runspaces read the file once.
    private static readonly ConcurrentDictionary<string, TaskJournal> Journals = new(StringComparer.Ordinal);

    // One per process too: reconnecting must not forget what may be paid already.
    private static readonly Lazy<TaskJournal> InMemory = new(
        () => new TaskJournal(new MemoryJournalStore(isExclusive: false), TimeProvider.System));

    /// <summary>
    /// The journal the environment names: a file under the user's state folder, or memory for
    /// <c>KLINGPS_JOURNAL=off</c>.
    /// </summary>
    internal static TaskJournal Open() =>
        "off".Equals(Variable(Switch), StringComparison.OrdinalIgnoreCase)
            ? InMemory.Value
            : Journals.GetOrAdd(Path.Combine(Folder(), "journal.jsonl"), path => new TaskJournal(
                new FileJournalStore(path, TimeProvider.System), TimeProvider.System));

    /// <summary>
    /// Whether a path is the same in every current folder: on Windows 'C:state' and '\state' are not.
    /// </summary>
    /// <remarks>.NET Framework has no Path.IsPathFullyQualified.</remarks>
    internal static bool IsFullyQualified(string path, bool isWindows)
    {
        bool IsSeparator(int at) => path.Length > at && path[at] is '/' or '\\';

        return !isWindows ? path.StartsWith("/", StringComparison.Ordinal)
            : IsSeparator(0) ? IsSeparator(1)
            : path.Length > 2
                && path[0] is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z')
                && path[1] == ':'
                && IsSeparator(2);
    }

    private static string Folder()
    {
        // XDG: a relative path is ignored.
        bool isWindows = Environment.OSVersion.Platform == PlatformID.Win32NT;
        string? state = Variable(StateHome) is { } home && IsFullyQualified(home, isWindows) ? home : null;
        state ??= isWindows
            ? Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify)
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
                ".local",
                "state");
        return Path.Combine(state, "KlingPS");
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
