namespace KlingPS.Tests.Faults;

/// <summary>What one cell of the table states: expected before the run, observed after it.</summary>
/// <param name="Error">The stable id of the error, or "none".</param>
/// <param name="IsResent">Whether the same request was sent more than once.</param>
/// <param name="Created">The tasks the server created for it.</param>
/// <param name="Submission">What the error says of the paid task; null without an error.</param>
internal sealed record Outcome(string Error, bool IsResent, int Created, SubmissionOutcome? Submission = null)
{
    internal const string NoError = "none";

    /// <summary>No error.</summary>
    internal static readonly Outcome Fine = new(NoError, false, 0);

    /// <summary>No error, with more than one request.</summary>
    internal static readonly Outcome FineAtLast = Fine with { IsResent = true };

    /// <summary>The wait asked until its time was over; the error carries the task.</summary>
    internal static readonly Outcome Late = new("WaitTimeout", true, 0, SubmissionOutcome.Created);

    /// <summary>Nothing of the paid request was written, so it was tried again.</summary>
    internal static readonly Outcome NotSent = new("ConnectionFailed", true, 0, SubmissionOutcome.NotSent);

    /// <summary>The paid request made its task.</summary>
    internal static readonly Outcome Made = new(NoError, false, 1);

    /// <summary>The service says that it created nothing, and would say so again.</summary>
    internal static Outcome Refused(string error) => new(error, false, 0, SubmissionOutcome.NotCreated);

    /// <summary>The service says that it created nothing now.</summary>
    internal static Outcome RefusedForNow(string error) => new(error, true, 0, SubmissionOutcome.NotCreated);

    /// <summary>Nobody can say, so it is never sent again.</summary>
    internal static Outcome Unknown(int created, string error = "SubmissionUnknown") =>
        new(error, false, created, SubmissionOutcome.Unknown);

    /// <summary>A query that ends with its first answer.</summary>
    internal static Outcome Once(string error) => new(error, false, 0, SubmissionOutcome.NotSent);

    /// <summary>A query that was asked again before it ended.</summary>
    internal static Outcome Again(string error) => new(error, true, 0, SubmissionOutcome.NotSent);

    /// <summary>The same about a video, which exists.</summary>
    internal Outcome OfVideo() => this with { Submission = SubmissionOutcome.Created };
}
