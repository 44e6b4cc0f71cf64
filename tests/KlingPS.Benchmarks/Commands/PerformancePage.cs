namespace KlingPS.Benchmarks.Commands;

/// <summary>The page of figures: what stands between a section's two markers is a program's, all else is a person's.</summary>
internal static class PerformancePage
{
    /// <summary>Replaces the figures of a section; adds the section, or the page, where there is none.</summary>
    internal static void Write(string path, string section, string figures)
    {
        string text = File.Exists(path) ? File.ReadAllText(path) : "# Performance\n";
        string name = section.ToLowerInvariant().Replace(' ', '-');
        string begin = $"<!-- measured: {name} -->";
        string end = $"<!-- end: {name} -->";
        string block = $"{begin}\n{figures}\n{end}";
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        int to = text.IndexOf(end, StringComparison.Ordinal);
        text = from >= 0 && to > from
            ? text[..from] + block + text[(to + end.Length)..]
            : $"{text.TrimEnd('\n')}\n\n## {section}\n\n{block}\n";
        File.WriteAllText(path, text);
    }
}
