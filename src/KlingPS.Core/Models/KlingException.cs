namespace KlingPS;

/// <summary>
/// The one exception of this library: what went wrong, what the service said, and what is known of the money.
/// </summary>
public sealed class KlingException : Exception
{
    // Only messages that quote a nonsensical value are longer.
    private const int LongestSentence = 1500;

    internal KlingException(KlingError error, string whatHappened, Exception? inner = null, string? action = null)
        : base(DisplayText.ToDisplay(whatHappened, LongestSentence), Displayable(inner)) =>
        (Error, Action) = (error, action);

    /// <summary>A value that cannot be used. The message says it all, so an action is optional.</summary>
    internal static KlingException Invalid(string whatHappened, string action = "", Exception? cause = null) =>
        new(KlingError.InvalidRequest, whatHappened, cause, action);

    /// <summary>What happened, what the service said, and what to do next.</summary>
    public override string Message => $"{WhatHappened} {RecommendedAction}".TrimEnd();

    /// <summary>What happened and what the service said: the message without <see cref="RecommendedAction"/>.</summary>
    public string WhatHappened
    {
        get
        {
            string?[] facts =
            [
                HttpStatus is null ? null : $"HTTP {HttpStatus}",
                ServiceCode is null ? null : $"code {ServiceCode}",
                ServiceMessage is null ? null : $"\"{ServiceMessage}\"",
            ];
            string[] said = [.. facts.OfType<string>()];
            string id = RequestId is null ? "" : $" Request id: {RequestId}.";
            string what = TaskName is null ? base.Message : $"{TaskName}: {base.Message}";
            return said.Length == 0 ? what + id
                : said.Length == 1 && HttpStatus is not null ? $"{what.TrimEnd('.')} ({said[0]}).{id}"
                : $"{what} The service said: {string.Join(", ", said)}.{id}";
        }
    }

    /// <summary>The stable id of the error.</summary>
    public string ErrorId => Error.Id;

    /// <summary>One sentence: what to do next; empty where the message has said it.</summary>
    public string RecommendedAction => Action ?? Error.Action;

    /// <summary>The HTTP status of the answer, or null without one.</summary>
    public int? HttpStatus { get; internal init; }

    /// <summary>The service's own code, a number or a word, or null without one.</summary>
    public string? ServiceCode { get; internal init => field = Displayable(value); }

    /// <summary>The service's own message, with secrets and control characters removed, or null without one.</summary>
    public string? ServiceMessage { get; internal init => field = Displayable(value); }

    /// <summary>The service's id of the request, for its support, or null without one.</summary>
    public string? RequestId { get; internal init => field = Displayable(value); }

    /// <summary>The user's own name of the task or the work it is about, or null without one.</summary>
    public string? TaskName { get; internal set => field = Displayable(value); }

    /// <summary>What is known about the task that was to be created; NotSent where nothing was to be.</summary>
    public SubmissionOutcome Submission { get; internal init; }

    internal KlingError Error { get; }

    /// <summary>Replaces the table's action where more is known.</summary>
    internal string? Action { get; set => field = Displayable(value); }

    /// <summary>True when the same request may be sent again: it will pass, and nothing was created.</summary>
    internal bool IsRetryable { get; init; }

    /// <summary>True when an expired or not yet valid token was replaced, so that the request can be sent again.
    /// </summary>
    internal bool IsTokenRenewed { get; set; }

    /// <summary>The submission it is about, as the journal knows it.</summary>
    internal string? IntentId { get; set; }

    /// <summary>A task that the error answer of a paid call names.</summary>
    internal string? NamedTaskId { get; init; }

    /// <summary>What the service asked us to pause, at least.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    private static string? Displayable(string? text) =>
        text is null ? null : DisplayText.ToDisplay(text, LongestSentence);

    // Hosts show inner exceptions too, and some quote the server, such as: invalid header line '…'.
    private static Exception? Displayable(Exception? cause)
    {
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            if (DisplayText.IsUnsafe(e.Message, keepLines: true))
            {
                return new IOException(DisplayText.ToDisplay(e.Message, LongestSentence));
            }
        }

        return cause;
    }
}

/// <summary>What is known about a paid submission when an error is reported.</summary>
public enum SubmissionOutcome
{
    /// <summary>Nothing was sent, so nothing was created and nothing was charged.</summary>
    NotSent = 0,

    /// <summary>The service answered that it created nothing.</summary>
    NotCreated = 1,

    /// <summary>The request may have been carried out; paying again could pay twice.</summary>
    Unknown = 2,

    /// <summary>The task exists.</summary>
    Created = 3,
}
