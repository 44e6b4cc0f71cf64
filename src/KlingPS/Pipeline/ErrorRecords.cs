using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>A <see cref="KlingException"/> as PowerShell shows it.</summary>
internal static class ErrorRecords
{
    internal static ErrorRecord From(KlingException error, object? target)
    {
        ErrorCategory category = (ErrorCategory)Enum.Parse(typeof(ErrorCategory), error.Error.Category);
        ErrorRecord record = new(error, error.ErrorId, category, Displayable(target))
        {
            ErrorDetails = new ErrorDetails(Shown(error)) { RecommendedAction = error.RecommendedAction },
        };
        record.CategoryInfo.TargetName = DisplayText.ToDisplay(record.CategoryInfo.TargetName);
        return record;
    }

    // Tasks and videos are fit to be shown by themselves. Of a text, what cannot be seen stays: a prompt that is tried
    // again by this target must be the same.
    private static object? Displayable(object? target) =>
        target is string text && text.Any(IsCarriedOut)
            ? new string([.. text.Select(c => IsCarriedOut(c) ? '\uFFFD' : c)])
            : target;

    private static bool IsCarriedOut(char c) => DisplayText.IsControl(c) && c is not ('\n' or '\t');

    // PowerShell 7 shows the recommended action below the message, Windows PowerShell does not show it at all.
    private static string Shown(KlingException error) => ModuleLifetime.IsDesktop ? error.Message : error.WhatHappened;
}
