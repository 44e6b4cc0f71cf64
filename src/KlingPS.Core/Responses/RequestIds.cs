using System.Text.RegularExpressions;

namespace KlingPS.Responses;

/// <summary>The service's id of a request, found in any body for the trace without parsing it.</summary>
internal static class RequestIds
{
    private static readonly Regex InJson = new(
        @"""request_id""\s*:\s*""([^""\\]{1,100})""|\(request id: ([^)\s]{1,100})\)",
        RegexOptions.CultureInvariant);

    internal static string? Find(string body)
    {
        Match match = InJson.Match(body);
        return !match.Success ? null : match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;
    }
}
