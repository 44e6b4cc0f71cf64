namespace KlingPS.Requests;

/// <summary>One request to the service, before it becomes HTTP.</summary>
/// <param name="TaskId">The task asked about; null for a submission.</param>
/// <param name="Submission">What is to be created; null for a query.</param>
internal sealed record ApiRequest(KlingTaskKind Kind, string? TaskId, SubmitRequest? Submission)
{
    internal bool IsPaid => Submission is not null;

    internal HttpMethod Method => IsPaid ? HttpMethod.Post : HttpMethod.Get;

    internal static ApiRequest Query(string taskId, KlingTaskKind kind) => new(kind, taskId, null);

    internal static ApiRequest Submit(SubmitRequest request) => new(request.Kind, null, request);

    internal Uri Address(Uri baseUri)
    {
        string route = TaskKinds.RouteOf(Kind);
        // Base addresses end in a slash. Concatenated as text, the address is parsed only once.
        return new Uri(baseUri.AbsoluteUri + (TaskId is null ? route : $"{route}/{Uri.EscapeDataString(TaskId)}"));
    }
}

/// <summary>An answer of whatever sits at the other end.</summary>
/// <param name="Body">The body, or null when it is larger than any answer of the service.</param>
internal sealed record ApiResponse(int Status, byte[]? Body, TimeSpan? RetryAfter = null, Uri? Location = null)
{
    internal bool IsSuccess => Status is >= 200 and <= 299;
}
