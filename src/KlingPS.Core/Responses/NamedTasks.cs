using System.Text.RegularExpressions;
using KlingPS.Requests;

namespace KlingPS.Responses;

/// <summary>
/// The new tasks an answer to a paid request names, wherever they stand: in an object, an array, a JSON text inside a
/// string.
/// </summary>
/// <remarks>
/// The text is searched, not the document, so that an answer that is cut off or is no JSON counts too. The atomic
/// groups keep the time in proportion to the length.
/// </remarks>
internal static class NamedTasks
{
    private const int Most = 5;

    // In a string inside a string a quote is written \", \\\" or \u0022.
    private const string Quote = @"(?>\\*)(?:""|u0022)";

    private static readonly Regex Member = new(
        $@"(?<=""|u0022)task_?ids?{Quote}(?>\s*):(?>\s*)(?:\[(?>\s*))?"
            + $@"(?:{Quote}(?<id>[^""\\]+)(?<whole>{Quote})?|(?<id>[1-9][0-9]*)(?<whole>(?=[\s,\]}}]))?)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <param name="sent">The request; the ids it holds name no new task.</param>
    /// <returns>The ids, without those nobody could ask for; null when no new task is named.</returns>
    internal static IReadOnlyList<string>? Find(byte[]? body, SubmitRequest sent, string? key)
    {
        ExtensionRequest? extension = sent as ExtensionRequest;
        HashSet<string?> known =
            new(StringComparer.Ordinal) { "", "0", "null", extension?.TaskId, extension?.VideoId, sent.ExternalId };
        List<string>? ids = null;
        for (Match match = Member.Match(Encoding.UTF8.GetString(body ?? [])); match.Success
            && ids?.Count is not Most; match = match.NextMatch())
        {
            string id = match.Groups["id"].Value.Trim();
            if (!known.Contains(id))
            {
                ids ??= [];
                if (match.Groups["whole"].Success && !ids.Contains(id) && TaskReader.IsId(id, key))
                {
                    ids.Add(id);
                }
            }
        }

        return ids;
    }
}
