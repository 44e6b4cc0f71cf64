using System.Management.Automation;
using System.Text;

namespace KlingPS.Quickstart;

/// <summary>An error of a script as a person reads it: what failed, why, and where in the script.</summary>
internal static class ErrorText
{
    internal static string Describe(ErrorRecord error)
    {
        StringBuilder text = new("Error");
        if (error.InvocationInfo?.MyCommand?.Name is { Length: > 0 } command)
        {
            text.Append(" in ").Append(command);
        }

        text.Append(": ").Append(error.ErrorDetails?.Message ?? error.Exception.Message).AppendLine();
        text.Append("  id ").Append(error.FullyQualifiedErrorId);
        if (error.InvocationInfo is { ScriptName.Length: > 0 } place)
        {
            text.AppendLine().Append($"  at {place.ScriptName}: line {place.ScriptLineNumber}");
        }

        return text.ToString();
    }
}
