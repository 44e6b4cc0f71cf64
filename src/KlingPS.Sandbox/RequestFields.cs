using System.Text.Json;

namespace KlingPS.Sandbox;

/// <summary>The fields of a JSON body, read with the service's strictness about types. Null counts as absent.</summary>
internal sealed class RequestFields : IDisposable
{
    private readonly JsonDocument _document;

    private RequestFields(JsonDocument document) => _document = document;

    internal static RequestFields Parse(byte[] body)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new RequestFields(document);
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // The parser's own words could quote the body.
        }

        throw ServiceError.BadRequest("The request body is not a JSON object");
    }

    internal string? Text(string name)
    {
        if (Find(name) is not { } field)
        {
            return null;
        }

        try
        {
            return field.ValueKind == JsonValueKind.String
                ? field.GetString()
                : throw ServiceError.BadRequest($"{name} must be a JSON string");
        }
        catch (InvalidOperationException)
        {
            throw ServiceError.BadRequest($"{name} is not valid Unicode");
        }
    }

    internal string RequiredText(string name) =>
        Text(name) is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw ServiceError.BadRequest($"{name} is required");

    internal double? Number(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } field when field.TryGetDouble(out double number) => number,
        _ => throw ServiceError.BadValue($"{name} must be a number"),
    };

    internal bool Flag(string name, string member)
    {
        if (Find(name) is not { } outer)
        {
            return false;
        }

        if (outer.ValueKind != JsonValueKind.Object)
        {
            throw ServiceError.BadRequest($"{name} must be a JSON object");
        }

        return outer.TryGetProperty(member, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
    }

    public void Dispose() => _document.Dispose();

    private JsonElement? Find(string name) =>
        _document.RootElement.TryGetProperty(name, out JsonElement field) && field.ValueKind != JsonValueKind.Null
            ? field
            : null;
}
