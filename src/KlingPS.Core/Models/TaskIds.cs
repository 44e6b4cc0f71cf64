using System.Text.RegularExpressions;

namespace KlingPS;

/// <summary>What can be a task id, before it becomes part of an address.</summary>
internal static class TaskIds
{
    // Real ids have 18 to 32 characters; an external id may be the user's own.
    private const int MaxLength = 256;
    private const int LongestName = 200;

    // What a spreadsheet makes of a long number, such as 8.35E+17.
    private const string Rounded = "^[0-9]([.,][0-9]+)?E[+][0-9]+$";

    /// <returns>The id without surrounding white space.</returns>
    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static string Check(string? taskId, string name = "task id")
    {
        string id = taskId?.Trim() ?? "";
        return GetValidationError(id, name) is { } objection
            ? throw KlingException.Invalid(objection)
            : id;
    }

    /// <summary>The same for an id that only the service gives out: it holds no letters but ASCII's.</summary>
    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static string CheckService(string? id, string name = "task id") =>
        Check(id, name) is { } known && known.All(c => c <= '~')
            ? known
            : throw KlingException.Invalid(
                $"The {name} '{DisplayText.ToDisplay(id!)}' contains a letter that no id of the service has.");

    /// <summary>A user's name for work: at most 200 characters, all of which can be seen.</summary>
    /// <exception cref="KlingException">InvalidRequest; nothing has been sent.</exception>
    internal static string? CheckName(string? name) =>
        name?.Trim() is not { } given || (given.Length <= LongestName && !DisplayText.IsUnsafe(given))
            ? name?.Trim()
            : throw KlingException.Invalid(
                $"Nothing was sent, because the name '{DisplayText.ToDisplay(given)}' is longer than {LongestName} "
                    + "characters or contains one that cannot be seen.");

    /// <returns>Why the text cannot be an id, or null when it can.</returns>
    internal static string? GetValidationError(string id, string name = "task id") =>
        id.Length == 0 ? $"The {name} is empty."
        : id.Length > MaxLength ? $"The {name} has {id.Length} characters; at most {MaxLength} are allowed."
        // A regular expression takes milliseconds to make, which few ids need.
        : id.IndexOf('+') >= 0
            && Regex.IsMatch(id, Rounded, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)
            ? $"The {name} '{id}' lost digits in a spreadsheet; format the column as text."
        // In a URL path these would step between folders.
        : id is "." or ".." ? $"'{id}' is not a valid {name}."
        // U+FFFD replaces unsafe characters in displayed ids; sent back, it would be another id.
        : DisplayText.IsUnsafe(id) || id.Any(c => char.IsWhiteSpace(c) || char.IsSurrogate(c) || c == '\uFFFD')
            ? $"The {name} contains a space or a character that is not allowed in an id."
        : null;
}
