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

    internal static SandboxResponse Wrapped(Action<Utf8JsonWriter> data) => Json(200, json =>
    {
        json.WriteString("code", "success");
        json.WriteString("message", "");
        json.WritePropertyName("data");
        data(json);
    });

    /// <summary>An answer without the service's envelope.</summary>
    internal static SandboxResponse Bare(Action<Utf8JsonWriter> members) => Json(200, members);

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

/// <summary>The service will not do it: what its error envelope says.</summary>
internal sealed class ServiceError : Exception
{
    private ServiceError(int status, int code, string message)
        : base(message)
    {
        Status = status;
        Code = code;
    }

    internal int Status { get; }

    internal int Code { get; }

    internal static ServiceError Of(int status, int code, string message) => new(status, code, $"{message} (sandbox)");

    /// <summary>The request itself is wrong: a field missing, of the wrong type, or no JSON at all.</summary>
    internal static ServiceError BadRequest(string message) => Of(400, 1200, message);

    /// <summary>A value the service does not take.</summary>
    internal static ServiceError BadValue(string message) => Of(400, 1201, message);

    // What the service says about a parent it will not extend is not known.
    internal static ServiceError BadParent(string message) => new(400, 1201, $"{message} (the sandbox's own wording)");

    internal static ServiceError NotFound(string id) => BadValue($"Task not found by id/external id: {id}");
}
