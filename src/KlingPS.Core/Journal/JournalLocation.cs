namespace KlingPS.Journal;

/// <summary>Which journal the environment asks for.</summary>
internal static class JournalLocation
{
    internal const string Switch = "KLINGPS_JOURNAL";
    private const string StateHome = "XDG_STATE_HOME";

    /// <summary>The store the environment names: a file under the user's state folder, or memory for <c>KLINGPS_JOURNAL=off</c>.</summary>
    internal static IJournalStore Open(TimeProvider time) =>
        "off".Equals(Variable(Switch), StringComparison.OrdinalIgnoreCase)
            ? new MemoryJournalStore()
            : new FileJournalStore(Path.Combine(Folder(), "journal.jsonl"), time);

    private static string Folder()
    {
        // The XDG rules: a path that is not absolute does not count.
        string? state = Variable(StateHome) is { } home && Path.IsPathRooted(home) ? home : null;
        state ??= Environment.OSVersion.Platform == PlatformID.Win32NT
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "KlingPS");
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
