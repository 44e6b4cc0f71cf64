namespace KlingPS.Sandbox;

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
