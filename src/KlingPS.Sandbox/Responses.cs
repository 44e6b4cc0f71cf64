using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KlingPS.Sandbox;

/// <summary>The service's envelopes, and the gateway's.</summary>
internal static class Responses
{
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static SandboxResponse Success(JsonNode data)
    {
        JsonObject body = Head(0, "SUCCEED");
        body["data"] = data;
        return Json(200, body);
    }

    internal static SandboxResponse Wrapped(JsonObject data) =>
        Json(200, new JsonObject { ["code"] = "success", ["message"] = "", ["data"] = data });

    /// <summary>An answer without the service's envelope.</summary>
    internal static SandboxResponse Bare(JsonObject body) => Json(200, body);

    internal static SandboxResponse Refused(ServiceError refusal) =>
        Json(refusal.Status, Head(refusal.Code, refusal.Message));

    internal static SandboxResponse InvalidKey() =>
        Gateway(401, $"invalid token (sandbox) (request id: {RequestId()})", "comet_api_error");

    internal static SandboxResponse UnknownRoute(string method, string path) =>
        Gateway(404, $"Invalid URL ({method} {path}) (sandbox)", "invalid_request_error");

    private static SandboxResponse Gateway(int status, string message, string type) => Json(status, new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = "", ["code"] = "" },
    });

    private static JsonObject Head(int code, string message) =>
        new() { ["code"] = code, ["message"] = message, ["request_id"] = RequestId() };

    private static string RequestId() => Guid.NewGuid().ToString();

    private static SandboxResponse Json(int status, JsonObject body)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = "application/json; charset=utf-8",
        };
        return new SandboxResponse(status, headers, Encoding.UTF8.GetBytes(body.ToJsonString(Plain)));
    }
}

/// <summary>The service will not do it: what its error envelope says.</summary>
internal sealed class ServiceError(int status, int code, string message) : Exception(message)
{
    internal int Status => status;

    internal int Code => code;

    internal static ServiceError Of(int status, int code, string message) => new(status, code, $"{message} (sandbox)");

    /// <summary>The request itself is wrong: a field missing, of the wrong type, or no JSON at all.</summary>
    internal static ServiceError BadRequest(string message) => Of(400, 1200, message);

    /// <summary>A value the service does not take.</summary>
    internal static ServiceError BadValue(string message) => Of(400, 1201, message);

    // What the service says about a parent it will not extend is not known.
    internal static ServiceError BadParent(string message) => new(400, 1201, $"{message} (the sandbox's own wording)");

    internal static ServiceError NotFound(string id) => BadValue($"Task not found by id/external id: {id}");
}
