namespace KlingPS;

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
