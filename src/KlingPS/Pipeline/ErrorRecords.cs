using System.Management.Automation;

namespace KlingPS.Pipeline;

/// <summary>A <see cref="KlingException"/> as PowerShell shows it.</summary>
internal static class ErrorRecords
{
    internal static ErrorRecord From(KlingException error, object? target)
    {
        ErrorCategory category = (ErrorCategory)Enum.Parse(typeof(ErrorCategory), error.Error.Category);
        return new ErrorRecord(error, error.ErrorId, category, target)
        {
            ErrorDetails = new ErrorDetails(Shown(error)) { RecommendedAction = error.RecommendedAction },
        };
    }

    // PowerShell 7 shows the recommended action below the message, Windows PowerShell does not show it at all.
#if NET
    private static string Shown(KlingException error) => error.WhatHappened;
#else
    private static string Shown(KlingException error) => error.Message;
#endif
}
