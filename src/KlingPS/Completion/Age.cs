namespace KlingPS.Completion;

/// <summary>How long ago something was, as short as the table of tasks says it.</summary>
internal static class Age
{
    internal static string Of(TimeSpan age) =>
        age.TotalSeconds < 99 ? $"{Math.Max(age.TotalSeconds, 0):0} s"
        : age.TotalMinutes < 99 ? $"{age.TotalMinutes:0} m"
        : age.TotalDays < 2 ? $"{age.TotalHours:0} h"
        : $"{age.TotalDays:0} d";
}
