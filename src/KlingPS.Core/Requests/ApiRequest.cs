namespace KlingPS.Requests;

/// <summary>One request to the service, before it becomes HTTP.</summary>
/// <param name="TaskId">The task asked about; null for a submission, and for what is about no single task.</param>
/// <param name="Submission">What is to be created; null for a query.</param>
internal sealed record ApiRequest(KlingTaskKind Kind, string? TaskId, SubmitRequest? Submission)
{
    /// <summary>The bounds of the service's lists.</summary>
    internal const int LargestPage = 500;
    internal const int LastPage = 1000;

    internal bool IsPaid => Submission is not null;

    internal HttpMethod Method => IsPaid ? HttpMethod.Post : HttpMethod.Get;

    /// <summary>False where the address holds the key, which then goes into no header.</summary>
    internal bool IsAuthorized { get; private init; } = true;

    /// <summary>What an error begins with.</summary>
    internal string Failure
    {
        get => field ?? (TaskId is null ? "The video was not created" : $"Task {TaskId} could not be queried");
        private init;
    }

    /// <summary>What an answer has to contain.</summary>
    internal string Wanted { get; private init; } = "task";

    private Uri? Absolute { get; init; }

    private string Paging { get; init; } = "";

    internal static ApiRequest Query(string taskId, KlingTaskKind kind) => new(kind, taskId, null);

    internal static ApiRequest Submit(SubmitRequest request) => new(request.Kind, null, request);

    /// <summary>Tasks of a kind, newest first.</summary>
    /// <param name="page">From 1.</param>
    internal static ApiRequest List(KlingTaskKind kind, int page, int size) => new(kind, null, null)
    {
        Failure = "The tasks could not be listed",
        Wanted = "list of tasks",
        Paging = string.Format(CultureInfo.InvariantCulture, "?pageNum={0}&pageSize={1}", page, size),
    };

    /// <param name="isAuthorized">False where the address holds the key.</param>
    internal static ApiRequest Balance(Uri address, bool isAuthorized) => new(default, null, null)
    {
        Failure = "The balance could not be queried",
        Wanted = "balance",
        Absolute = address,
        IsAuthorized = isAuthorized,
    };

    internal Uri Address(Uri baseUri)
    {
        string route = TaskKinds.RouteOf(Kind) + Paging;
        // Base addresses end in a slash. Concatenated as text, the address is parsed only once.
        return Absolute
            ?? new Uri(baseUri.AbsoluteUri + (TaskId is null ? route : $"{route}/{Uri.EscapeDataString(TaskId)}"));
    }
}

/// <summary>An answer of whatever sits at the other end.</summary>
/// <param name="Body">The body, or null when it is larger than any answer of the service.</param>
/// <param name="Date">The clock of whoever answered.</param>
internal sealed record ApiResponse(
    int Status,
    byte[]? Body,
    TimeSpan? RetryAfter = null,
    Uri? Location = null,
    DateTimeOffset? Date = null)
{
    internal bool IsSuccess => Status is >= 200 and <= 299;
}
