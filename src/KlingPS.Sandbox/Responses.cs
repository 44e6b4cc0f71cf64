using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlingPS.Sandbox;

/// <summary>The service's envelopes, and the gateway's.</summary>
internal static class Responses
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static SandboxResponse Success(Action<Utf8JsonWriter> data) => Json(200, json =>
    {
        WriteHead(json, 0, "SUCCEED");
        json.WritePropertyName("data");
        data(json);
    });

    internal static SandboxResponse Refused(ServiceError refusal) =>
        Json(refusal.Status, json => WriteHead(json, refusal.Code, refusal.Message));

    internal static SandboxResponse InvalidKey() =>
        Gateway(401, $"invalid token (sandbox) (request id: {RequestId()})", "comet_api_error");

    internal static SandboxResponse UnknownRoute(string method, string path) =>
        Gateway(404, $"Invalid URL ({method} {path}) (sandbox)", "invalid_request_error");

    private static SandboxResponse Gateway(int status, string message, string type) => Json(status, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", message);
        json.WriteString("type", type);
        json.WriteString("param", "");
        json.WriteString("code", "");
        json.WriteEndObject();
    });

    private static void WriteHead(Utf8JsonWriter json, int code, string message)
    {
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        json.WriteString("request_id", RequestId());
    }

    private static string RequestId() => Guid.NewGuid().ToString();

    private static SandboxResponse Json(int status, Action<Utf8JsonWriter> members)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = "application/json; charset=utf-8",
        };
        return new SandboxResponse(status, headers, body.ToArray());
    }
}
