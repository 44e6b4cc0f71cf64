using System.Text.Json;
using System.Text.RegularExpressions;

namespace KlingPS.Responses;

/// <summary>What an answer says went wrong, from any of the three envelopes.</summary>
internal sealed record ServiceFault(int? Number, string? Word, string? Message, string? RequestId)
{
    private static readonly Regex RequestIdInText = new(@"\(request id: ([^)\s]+)\)", RegexOptions.CultureInvariant);

    internal string? Code => Number?.ToString(CultureInfo.InvariantCulture) ?? Word;

    /// <summary>Reads an envelope; null when it reports no fault.</summary>
    internal static ServiceFault? Read(JsonElement root)
    {
        ServiceFault? fault = root.Field("error"u8) switch
        {
            { ValueKind: JsonValueKind.Object } error => Of(error, root),
            { ValueKind: JsonValueKind.String } =>
                new ServiceFault(null, null, root.Text("error"u8), RequestIdOf(root, root.Text("error"u8))),
            _ => IsSuccess(root) ? null : Of(root, root),
        };
        return fault is { Word: "fail_to_fetch_task", Message: { } inner } ? Inner(inner) ?? fault : fault;
    }

    private static bool IsSuccess(JsonElement root)
    {
        string? code = root.NonEmpty("code"u8);
        return code is null || NumberOf(code) == 0 || code.Equals("success", StringComparison.OrdinalIgnoreCase);
    }

    private static ServiceFault Of(JsonElement element, JsonElement root)
    {
        string? code = element.NonEmpty("code"u8);
        string? message = element.NonEmpty("message"u8);
        int? number = NumberOf(code);
        return new ServiceFault(number, number is null ? code : null, message, RequestIdOf(root, message));
    }

    // Some JSON writers have floating-point numbers only: 1302.0 is 1302.
    private static int? NumberOf(string? code) =>
        decimal.TryParse(code, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        && number == decimal.Truncate(number)
        && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : null;

    // The gateway passes on the service's JSON as a string inside its own.
    private static ServiceFault? Inner(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? Read(root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? RequestIdOf(JsonElement root, string? message)
    {
        if (root.NonEmpty("request_id"u8) is { } id)
        {
            return id;
        }

        return message is not null && RequestIdInText.Match(message) is { Success: true } match
            ? match.Groups[1].Value
            : null;
    }
}

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
