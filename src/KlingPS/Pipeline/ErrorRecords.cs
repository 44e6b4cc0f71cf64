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
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.RecommendedAction },
        };
    }
}
