using System.Globalization;
using System.Text.RegularExpressions;

namespace KlingPS.Sandbox;

/// <summary>What a prompt can tell the sandbox to do.</summary>
/// <remarks><c>[sandbox:fail]</c>, <c>[sandbox:reject]</c>, <c>[sandbox:slow 2.5]</c> (seconds).</remarks>
internal static class PromptDirectives
{
    private static readonly Regex Slow = new(@"\[sandbox:slow ([0-9]{1,7}(?:\.[0-9]{1,3})?)\]");

    internal static string? Failure(string prompt) => prompt.Contains("[sandbox:fail]")
        ? "Failure to pass the risk control system, as the prompt asked (sandbox)"
        : null;

    internal static void Refuse(string prompt)
    {
        if (prompt.Contains("[sandbox:reject]"))
        {
            throw ServiceError.Of(400, 1301, "The content does not pass the security check, as it asked for");
        }
    }

    internal static TimeSpan? Takes(string prompt)
    {
        Match match = Slow.Match(prompt);
        return match.Success
            ? TimeSpan.FromSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : null;
    }
}
