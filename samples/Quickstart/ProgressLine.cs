using System.Management.Automation;

namespace KlingPS.Quickstart;

/// <summary>Tells the activities that run at the moment as one line: the one heard of last.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    private readonly OrderedDictionary<(long Source, int Activity), string> _running = [];

    internal void Update(long source, ProgressRecord record)
    {
        (long, int) activity = (source, record.ActivityId);
        _running.Remove(activity);
        if (record.RecordType == ProgressRecordType.Processing)
        {
            _running.Add(activity, Describe(record));
        }

        terminal.ShowProgress(_running.Count == 0 ? "" : _running.GetAt(_running.Count - 1).Value);
    }

    /// <summary>Forgets everything, as a script that was stopped may never complete its activities.</summary>
    internal void Clear()
    {
        _running.Clear();
        terminal.ShowProgress("");
    }

    private static string Describe(ProgressRecord record)
    {
        string text = string.Join(
            " · ",
            new[] { record.Activity, record.StatusDescription, record.CurrentOperation }
                .Where(part => !string.IsNullOrWhiteSpace(part)));
        string percent = record.PercentComplete < 0 ? "" : $" · {record.PercentComplete} %";
        string left = record.SecondsRemaining < 0 ? "" : $" · {TimeSpan.FromSeconds(record.SecondsRemaining):g} left";
        return string.Concat(text, percent, left).ReplaceLineEndings(" ");
    }
}
